"""Connecting an identity provider, and people who sign in there."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import httpx

from tests.access.caller import Caller
from tests.support.providers import CLIENT, FakeProvider
from tests.support.signing_in import ACCOUNT, Visitor

PROVIDERS = "/identity_providers"


@dataclass
class Connected:
    """An active provider."""

    caller: Caller
    fake: FakeProvider
    record: dict[str, Any]

    @property
    def code(self) -> str:
        return str(self.record["code"])

    @property
    def start(self) -> str:
        return f"/access/v1/federation/{self.code}/start"

    @property
    def callback(self) -> str:
        return f"/access/v1/federation/{self.code}/callback"

    def visitor(self) -> Visitor:
        """Somebody with an empty browser."""
        return Visitor(self.caller.http, "", "")

    async def arrives(self, visitor: Visitor, subject: str, start: str | None = None, **claims: Any) -> httpx.Response:
        """The response to whoever comes back from the provider as this person."""
        return await self.returns(visitor, await self.answer(visitor, subject, start, **claims))

    async def answer(self, visitor: Visitor, subject: str, start: str | None = None, **claims: Any) -> dict[str, str]:
        """What the browser comes back with."""
        left = await visitor.get(start or self.start)
        assert left.status_code == 303, left.text
        return self.fake.sign_in(left.headers["location"], subject, **claims)

    async def returns(self, visitor: Visitor, answer: dict[str, str]) -> httpx.Response:
        return await visitor.get(f"{self.callback}?{urlencode(answer)}")

    async def signs_in(self, visitor: Visitor, subject: str, **claims: Any) -> httpx.Response:
        """The page of the account after signing in there."""
        response = await self.arrives(visitor, subject, **claims)
        assert response.status_code == 303, response.text
        page = await visitor.follow(response)
        assert page.status_code == 200, page.text
        return page

    async def links(self, visitor: Visitor) -> str:
        """The subject of an identity that somebody links on the page of their account."""
        subject, page = uuid4().hex, await visitor.get(ACCOUNT)
        query = page.text.partition(f'href="{self.start}')[2].partition('"')[0]
        done = await self.arrives(visitor, subject, f"{self.start}{query}")
        assert (done.status_code, done.headers["location"]) == (303, ACCOUNT)
        return subject

    async def step(self, action: str, **body: Any) -> httpx.Response:
        return await self.caller.step("admin", self.record["links"]["self"], action, **body)


def body_of(fake: FakeProvider, **more: Any) -> dict[str, Any]:
    code = f"p{uuid4().hex[:12]}"
    return {"code": code, "titles": {"en": f"Ministry {code}"}, "issuer": fake.url, "client_id": CLIENT, **more}


async def enter(caller: Caller, fake: FakeProvider, **more: Any) -> dict[str, Any]:
    made = await caller.send("admin", "POST", PROVIDERS, body_of(fake, **more))
    assert made.status_code == 201, made.text
    return dict(made.json())


async def activate(caller: Caller, link: str) -> httpx.Response:
    """The response to the confirmation of a second person."""
    proposed = await caller.step("admin", link, "activate")
    assert proposed.status_code == 202, proposed.text
    place = proposed.json()["links"]["self"].removeprefix("/access/v1")
    return await caller.send("admin2", "POST", place, {"decision": "confirm"})


async def connect(caller: Caller, fake: FakeProvider, **more: Any) -> Connected:
    """A tested provider that a second person activated."""
    record = await enter(caller, fake, **more)
    link = record["links"]["self"]
    tested = await caller.step("admin", link, "test")
    assert (tested.status_code, tested.json().get("status")) == (200, "tested"), tested.text
    active = await activate(caller, link)
    assert active.status_code == 200, active.text
    return Connected(caller, fake, (await caller.send("admin", "GET", link.removeprefix("/access/v1"))).json())
