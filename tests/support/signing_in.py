"""A person at a browser, and a client that sends them to sign in."""

import asyncio
import base64
import hashlib
import re
import secrets
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

import httpx

TOKEN = "/access/v1/oauth/token"
AUTHORIZE = "/access/v1/oauth/authorize"
SIGN_IN, CONSENT, ACCOUNT = "/access/sign-in", "/access/consent", "/access/account"
FACTOR = "/access/factor"
BACK = "https://desk.example.org/callback"
_HIDDEN = re.compile(r'name="token" value="([0-9a-f]{64})"')
_ACTION = re.compile(r'<form[^>]* action="([^"]+)"')


@dataclass
class Visitor:
    """A person with a browser that keeps cookies and follows no redirect by itself."""

    http: httpx.AsyncClient
    email: str
    password: str
    cookies: dict[str, str] = field(default_factory=dict)

    async def get(self, address: str, **headers: str) -> httpx.Response:
        return await self._sent("GET", address, None, headers)

    async def post(self, address: str, form: dict[str, str], **headers: str) -> httpx.Response:
        return await self._sent("POST", address, form, headers)

    async def fill(self, page: httpx.Response, form: dict[str, str], **headers: str) -> httpx.Response:
        """Sends the form of a page with its hidden token."""
        action, token = _ACTION.search(page.text), _HIDDEN.search(page.text)
        assert action, page.text
        assert token, page.text
        return await self.post(unescape(action[1]), {"token": token[1], **form}, **headers)

    async def follow(self, response: httpx.Response) -> httpx.Response:
        """Follows redirects within the origin."""
        while response.is_redirect and response.headers["location"].startswith("/"):
            response = await self.get(response.headers["location"])
        return response

    async def sign_in(self, page: httpx.Response, password: str | None = None) -> httpx.Response:
        return await self.fill(page, {"username": self.email, "password": password or self.password})

    async def come(self) -> httpx.Response:
        """Signs in without a client."""
        return await self.follow(await self.sign_in(await self.get(SIGN_IN)))

    async def _sent(
        self, method: str, address: str, form: dict[str, str] | None, headers: dict[str, str]
    ) -> httpx.Response:
        cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        given = {"Accept": "text/html", **(cookie if self.cookies else {}), **headers}
        self.http.cookies.clear()
        response = await self.http.request(method, address, data=form, headers=given)
        for line in response.headers.get_list("set-cookie"):
            name, _, rest = line.partition("=")
            value = rest.partition(";")[0]
            self.cookies = {**self.cookies, name: value}
            if not value:
                del self.cookies[name]
        return response


@dataclass
class Site:
    """A client at which people sign in, with the secrets of its last request."""

    http: httpx.AsyncClient
    client_id: str
    record: dict[str, Any]
    secret: str | None = None
    back: str = BACK
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    state: str = field(default_factory=lambda: uuid4().hex)
    nonce: str = field(default_factory=lambda: uuid4().hex)

    @property
    def asked(self) -> dict[str, str]:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()
        return {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.back,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "state": self.state,
            "nonce": self.nonce,
        }

    def address(self, **changed: str | None) -> str:
        """The address that the browser is sent to; None leaves a parameter out."""
        asked = {name: value for name, value in {**self.asked, **changed}.items() if value is not None}
        return f"{AUTHORIZE}?{urlencode(asked)}"

    async def exchange(self, code: str, **changed: str) -> httpx.Response:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.back,
            "code_verifier": self.verifier,
            "client_id": self.client_id,
            **({"client_secret": self.secret} if self.secret else {}),
            **changed,
        }
        return await self.http.post(TOKEN, data=form)

    async def renew(self, token: str) -> httpx.Response:
        form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": self.client_id}
        return await self.http.post(TOKEN, data=form | ({"client_secret": self.secret} if self.secret else {}))

    async def tokens(self, visitor: Visitor, **changed: str | None) -> dict[str, Any]:
        """Signs a person in who consents; the tokens."""
        response = await self.exchange(await self.code(visitor, **changed))
        assert response.status_code == 200, response.text
        return dict(response.json())

    async def code(self, visitor: Visitor, **changed: str | None) -> str:
        answer = answer_of(await self.answered(visitor, **changed), self.back)
        assert answer["state"] == self.state, answer
        return answer["code"]

    async def answered(self, visitor: Visitor, **changed: str | None) -> httpx.Response:
        """Walks through sign-in and consent, to the redirect to the client."""
        response = await visitor.follow(await visitor.get(self.address(**changed)))
        if response.status_code == 200 and 'name="password"' in response.text:
            response = await visitor.follow(await visitor.sign_in(response))
        if response.status_code == 200 and 'value="allow"' in response.text:
            response = await visitor.fill(response, {"decision": "allow"})
        return response


def consent(base_url: str, client: dict[str, Any], username: str, password: str) -> None:
    """A person signs in to a public client of a running system, and consents."""

    async def walk() -> None:
        async with httpx.AsyncClient(base_url=base_url, trust_env=False) as http:
            await Site(http, client["client_id"], client).code(Visitor(http, username, password))

    asyncio.run(walk())


def guess_codes(base_url: str, username: str, password: str, tries: int) -> None:
    """Somebody with the password of a person tries codes of their app on a running system."""

    async def walk() -> None:
        async with httpx.AsyncClient(base_url=base_url, trust_env=False) as http:
            visitor = Visitor(http, username, password)
            page = await visitor.follow(await visitor.sign_in(await visitor.get(SIGN_IN)))
            for _ in range(tries):
                assert (await visitor.fill(page, {"code": "000000"})).status_code == 400

    asyncio.run(walk())


def answer_of(response: httpx.Response, back: str = BACK) -> dict[str, str]:
    """What the client is answer_of by the redirect to its address."""
    location = response.headers["location"]
    assert location.startswith(back), location
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
