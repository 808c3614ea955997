"""A ministry's official signs in at the ministry's own provider, takes a step that asks for more, and signs out."""

import asyncio
import time
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import httpx
import pyotp

from tests.journeys.paths.world import World
from tests.support.providers import CLIENT, FakeProvider, serving_provider
from tests.support.signing_in import ACCOUNT, BACK, SIGN_IN, Site, Visitor, answer_of
from tests.support.waiting import eventually

_SCOPE = "openid *:read *:write"
_LEFT = "https://desk.example.org/left"
_KEY = {"name": "Sheets", "resources": ["actions.*"], "verbs": ["read"]}


def _connect(world: World, provider: FakeProvider, code: str) -> None:
    """Two administrators connect the provider that the ministry tells them."""
    admin, second = world.caller("admin", "GD"), world.caller("admin2", "GD")
    given = {"issuer": provider.url, "client_id": CLIENT, "domains": [f"{code}.example"], "levels": {"mfa": "2"}}
    body = {"code": code, "titles": {"en": f"Ministry {code}"}, **given}
    place = str(admin.create("/access/v1/identity_providers", body)["links"]["self"])
    assert admin.step(place, "test")["status"] == "tested"
    waiting = admin.try_step(place, "activate").json()["links"]["self"]
    assert admin.send("POST", waiting, json={"decision": "confirm"}).status_code == 403
    assert second.send("POST", waiting, json={"decision": "confirm"}).json()["status"] == "active"


def _invite(world: World, email: str) -> None:
    """The secretariat invites an official as a focal point."""
    admin = world.caller("admin", "GD")
    account = str(admin.create("/access/v1/accounts", {"email": email, "name": "Amina Official"})["id"])
    world.grant(account, "government_focal_point", "GD")


class _Official:
    """The official at a browser, the ministry's provider, and the client."""

    def __init__(self, http: httpx.AsyncClient, site: Site, provider: FakeProvider, code: str, email: str) -> None:
        self.http, self.site, self.provider = http, site, provider
        self.visitor = Visitor(http, "", "")
        self.subject, self.way = uuid4().hex, f"/access/v1/federation/{code}"
        self.said = {"email": email, "email_verified": True, "name": "Amina Official"}

    async def at_provider(self, page: httpx.Response, *methods: str) -> httpx.Response:
        """The page of this system after the link of a sign-in page and the provider's own page."""
        start = f"{self.way}/start"
        link = page.text.partition(f'href="{start}')[2].partition('"')[0].replace("&amp;", "&")
        left = await self.visitor.get(f"{start}{link}")
        signed_in = {"auth_time": int(time.time()), "amr": list(methods), **self.said}
        answer = self.provider.sign_in(left.headers["location"], self.subject, **signed_in)
        return await self.visitor.follow(await self.visitor.get(f"{self.way}/callback?{urlencode(answer)}"))

    async def asked(self, **asked: str) -> httpx.Response:
        return await self.visitor.follow(await self.visitor.get(self.site.address(**asked)))

    async def consented(self, page: httpx.Response) -> dict[str, Any]:
        """The tokens of the client after the page of consent, or without one."""
        if not page.is_redirect:
            page = await self.visitor.fill(page, {"decision": "allow"})
        return dict((await self.site.exchange(answer_of(page)["code"])).json())

    async def makes_key(self, tokens: dict[str, Any]) -> httpx.Response:
        headers = {"Authorization": f"Bearer {tokens['access_token']}", "Idempotency-Key": uuid4().hex}
        return await self.http.post("/access/v1/api_keys", json=_KEY, headers=headers)

    async def is_refused(self, tokens: dict[str, Any]) -> bool:
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        return (await self.http.get("/access/v1/me", headers=headers)).status_code == 401


async def _walk(official: _Official) -> None:
    page = await official.at_provider(await official.asked(scope=_SCOPE), "pwd")
    tokens = await official.consented(page)
    sessions = await official.http.get(
        "/access/v1/sessions", headers={"Authorization": f"Bearer {tokens['access_token']}"}
    )
    shown = next(one for one in sessions.json()["items"] if one["client"] is None)
    assert (shown["provider"], shown["acr"], shown["amr"]) == (official.way.rpartition("/")[2], "1", ["pwd"])
    refused = await official.makes_key(tokens)
    assert (refused.status_code, refused.json()["code"]) == (401, "insufficient_user_authentication"), refused.text
    asked = {"acr_values": refused.json()["acr_values"], "max_age": str(refused.json()["max_age"])}
    page = await official.at_provider(await official.asked(**asked, scope=_SCOPE), "pwd", "mfa")
    tokens = await official.consented(page)
    made = await official.makes_key(tokens)
    assert made.status_code == 201, made.text
    await _with_own_factor(official)
    await _signs_out_both_ways(official)


async def _with_own_factor(official: _Official) -> None:
    """Adds an app, which is asked for when the provider says a password alone."""
    visitor = official.visitor
    page = await visitor.fill(await visitor.get(ACCOUNT), {"action": "add_totp", "name": "Telephone"})
    app = pyotp.TOTP(page.text.split('<code dir="ltr">')[1].split("<")[0])
    factor = page.text.split('value="confirm_factor ')[1].split('"')[0]
    done = await visitor.fill(page, {"action": f"confirm_factor {factor}", "code": app.now()})
    assert (done.status_code, done.headers["location"]) == (303, ACCOUNT), done.text
    asked = await official.asked(prompt="login", acr_values="2", scope=_SCOPE)
    page = await official.at_provider(asked, "pwd")
    assert "/access/factor" in str(page.request.url), page.request.url
    page = await visitor.follow(await visitor.fill(page, {"code": app.at(int(time.time()) + 30)}))
    assert (await official.makes_key(await official.consented(page))).status_code == 201


async def _signs_out_both_ways(official: _Official) -> None:
    """At the provider, which tells the system; then in the client, which sends the browser to the system."""
    visitor, site = official.visitor, official.site
    tokens = await official.consented(await official.asked(scope=_SCOPE))
    out = {"logout_token": official.provider.logout_token(sub=official.subject)}
    assert (await official.http.post(f"{official.way}/backchannel_logout", data=out)).status_code == 200
    assert (await visitor.get(ACCOUNT)).headers["location"] == SIGN_IN
    await eventually(lambda: official.is_refused(tokens), every=1)
    page = await official.at_provider(await official.asked(scope=_SCOPE), "mfa")
    tokens = await official.consented(page)
    hint = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": _LEFT, "client_id": site.client_id}
    left = await visitor.get(f"/access/v1/oauth/end_session?{urlencode(hint)}")
    assert left.headers["location"] == _LEFT, left.text
    assert (await visitor.get(ACCOUNT)).headers["location"] == SIGN_IN
    await eventually(lambda: official.is_refused(tokens), every=1)


def test_an_official_signs_in_steps_up_and_signs_out_at_the_ministrys_provider(
    world: World, running: dict[str, Any]
) -> None:
    code = f"m{uuid4().hex[:8]}"
    email = f"amina@{code}.example"
    with serving_provider() as provider:
        _connect(world, provider, code)
        _invite(world, email)
        place = {"scope_kind": "global", "resources": ["access.*", "actions.*", "membership.*", "centres.*"]}
        body = {"name": "Desk", **place, "verbs": ["read", "write"], "public": True, "redirect_uris": [BACK]}
        client = world.caller("admin", "GD").create(
            "/access/v1/clients", {**body, "post_logout_redirect_uris": [_LEFT]}
        )
        marked = world.caller("admin", "GD").try_step(client["links"]["self"], "mark_first_party").json()
        confirmed = world.caller("admin2", "GD").send("POST", marked["links"]["self"], json={"decision": "confirm"})
        assert confirmed.status_code == 200, confirmed.text

        async def walk() -> None:
            async with httpx.AsyncClient(base_url=running["base_url"], trust_env=False, timeout=60) as http:
                site = Site(http, client["client_id"], client)
                await _walk(_Official(http, site, provider, code, email))

        asyncio.run(walk())
