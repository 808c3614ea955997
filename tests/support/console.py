"""A person at the console with a browser, over the whole system in this process."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import httpx

from deploy.local.combined import Combined
from services.access.administration import enter_account, enter_grant, register_console, setting_up
from services.access.app import create_app as create_access
from services.access.settings import AccessSettings
from services.actions.app import create_app as create_actions
from services.actions.settings import ActionsSettings
from services.centres.app import create_app as create_centres
from services.centres.settings import CentresSettings
from services.membership.app import create_app as create_membership
from services.membership.settings import MembershipSettings
from services.portal.app import create_app as create_portal
from services.portal.console.session.keys import client_keys
from services.portal.settings import PortalSettings
from shared.reading.api import PublicApi, SessionApi
from tests.support.inside import Inside

ORIGIN = "https://console.test"
SECRET = "0123456789abcdef" * 4
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
_FORM = re.compile(r'<form(?=[^>]* method="post")[^>]* action="([^"]+)"[^>]*>(.*?)</form>', re.DOTALL)


class ToSystem(httpx.AsyncBaseTransport):
    """Sends each request to the app that its path names, with the address of the sender, and stores it."""

    def __init__(self, app: Combined) -> None:
        self._app = app
        self.asked: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return await Inside(self._app).handle_async_request(request)


@dataclass
class Browser:
    """A browser of a person, which keeps cookies by their paths and says where a form comes from."""

    http: httpx.AsyncClient
    email: str = ""
    password: str = ""
    cookies: dict[str, tuple[str, str]] = field(default_factory=dict)
    seen: list[httpx.Response] = field(default_factory=list)

    async def get(self, address: str, **headers: str) -> httpx.Response:
        return await self._sent("GET", address, {"Sec-Fetch-Site": "none", **headers})

    async def post(self, address: str, form: Any = None, **headers: str) -> httpx.Response:
        return await self._sent("POST", address, {"Sec-Fetch-Site": "same-origin", **headers}, data=form or {})

    async def upload(self, address: str, form: Mapping[str, str], file: tuple[str, bytes, str]) -> httpx.Response:
        headers = {"Sec-Fetch-Site": "same-origin"}
        return await self._sent("POST", address, headers, data=dict(form), files={"file": file})

    async def follow(self, response: httpx.Response) -> httpx.Response:
        """Follows redirects within the origin."""
        while response.is_redirect:
            location = response.headers["location"].removeprefix(ORIGIN)
            assert location.startswith("/"), location
            response = await self.get(location)
        return response

    async def open(self, address: str) -> httpx.Response:
        """A page, after signing in if it is asked for."""
        response = await self.follow(await self.get(address))
        if 'name="password"' in response.text:
            response = await self.follow(await self.fill(response, username=self.email, password=self.password))
        return response

    async def fill(self, page: httpx.Response, at: str = "", **given: str) -> httpx.Response:
        """Sends the form of a page, whose address contains `at`, with its hidden fields."""
        action, hidden = form_of(page, at)
        return await self.post(action, {**hidden, **given})

    async def _sent(self, method: str, address: str, headers: dict[str, str], **more: Any) -> httpx.Response:
        path = urlsplit(address).path
        found = [f"{name}={value}" for name, (value, under) in self.cookies.items() if path.startswith(under)]
        given = {"Accept": "text/html", **({"Cookie": "; ".join(found)} if found else {}), **headers}
        self.http.cookies.clear()
        response = await self.http.request(method, address, headers=given, **more)
        for line in response.headers.get_list("set-cookie"):
            pair, *attributes = line.split("; ")
            name, _, value = pair.partition("=")
            if "Max-Age=0" in attributes:
                self.cookies.pop(name, None)
            else:
                under = next(a.removeprefix("Path=") for a in attributes if a.startswith("Path="))
                self.cookies[name] = (value, under)
        self.seen.append(response)
        return response


def form_of(page: httpx.Response, at: str = "") -> tuple[str, dict[str, str]]:
    """The address and the hidden fields of the first form of a page whose address contains `at`; without it, of the
    first form in its content."""
    main = page.text.partition("<main")[2] if not at else page.text
    for action, content in _FORM.findall(main):
        if at in action:
            return unescape(action), {name: unescape(value) for name, value in _HIDDEN.findall(content)}
    raise AssertionError(page.text)


@dataclass(frozen=True)
class ConsoleSystem:
    """The whole system with a console, its requests to itself, and people."""

    app: Combined
    database_url: str
    asking: ToSystem

    def browser(self, email: str = "", password: str = "") -> Browser:
        http = httpx.AsyncClient(transport=Inside(self.app, client=("192.0.2.7", 1)), base_url=ORIGIN)
        return Browser(http, email, password)

    async def person(self, *grants: tuple[str, str, str | None], name: str = "Nadia Example") -> Browser:
        """A person with an account, a password and these grants, at a browser of their own."""
        email, password = f"{uuid4().hex}@example.org", uuid4().hex
        async with setting_up(self.database_url) as uow:
            account: UUID = await enter_account(uow, email, name, password)
            for role, kind, scope in grants:
                await enter_grant(uow, "account", account, role, kind, scope)
        return self.browser(email, password)


@asynccontextmanager
async def console_system(database_url: str, redis_url: str, **more: Any) -> AsyncIterator[ConsoleSystem]:
    """The system over a database, whose console has a key."""
    common = {
        "environment": "test",
        "issuer": ORIGIN,
        "database_url": database_url,
        "redis_url": redis_url,
        "api_seconds": 60,
        **more,
    }
    await register_console(database_url, "console", client_keys([SECRET.encode()]), "/console/callback")
    app = Combined(
        {
            "access": create_access(AccessSettings(**common)),
            "membership": create_membership(MembershipSettings(**common)),
            "centres": create_centres(CentresSettings(**common)),
            "actions": create_actions(ActionsSettings(**common, iati_ref="XM-TEST")),
            "portal": create_portal(PortalSettings(**common, fresh=0, console_key=SECRET)),
        }
    )
    asking = ToSystem(app)
    async with app.entered():
        state = app.apps["portal"].state
        state.public_api = PublicApi(state.settings, asking)
        state.session_api = SessionApi(state.settings, asking)
        yield ConsoleSystem(app, database_url, asking)
        await state.public_api.close()
        await state.session_api.close()
