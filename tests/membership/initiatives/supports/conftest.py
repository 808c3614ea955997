"""Initiatives that the secretariat opens, and people who sign them."""

from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from tests.support.callers import Caller
from tests.support.mailbox import Mailbox, text_of

INITIATIVES = "/membership/v1/initiatives"
SUPPORTS = "/membership/v1/supports"
Body = dict[str, Any]


def tokens_in(mail: EmailMessage) -> dict[str, str]:
    """The tokens of a mail, by their purpose."""
    lines = [line.rpartition("#")[2] for line in text_of(mail).splitlines() if "#" in line]
    return {purpose: token for purpose, _, token in (line.partition("=") for line in lines)}


def initiative_body(**more: Any) -> Body:
    """An initiative that nobody else uses."""
    code = f"T-{uuid4().hex[:12].upper()}"
    return {"code": code, "titles": {"en": "Soils for all"}, "texts": {"en": "We keep the soils."}, **more}


def form(**more: Any) -> Body:
    """A signature of somebody whom nobody else is."""
    unique = uuid4().hex
    return {
        "name": f"Amina {unique[:12]}",
        "email": f"{unique}@example.org",
        "country": "XA",
        "capacity": "personal",
        **more,
    }


@dataclass
class Campaign:
    """The secretariat's initiatives, and the public that signs them."""

    admin: Caller
    public: Caller
    mailbox: Mailbox

    async def initiative(self, **more: Any) -> Body:
        """An open initiative."""
        made = await self.admin.post(INITIATIVES, initiative_body(**more))
        assert made.status_code == 201, made.text
        opened = await self.admin.step(str(made.json()["links"]["self"]), "open")
        assert (opened.status_code, opened.json()["status"]) == (200, "open"), opened.text
        found: Body = opened.json()
        return found

    async def sign(self, initiative: Body, **more: Any) -> httpx.Response:
        """A signature by the public form."""
        return await self.public.post(f"{INITIATIVES}/{initiative['id']}/sign", form(**more))

    async def signed(self, initiative: Body, count: int = 1, **more: Any) -> dict[str, str]:
        """The tokens of the mail to a signer: the one with this number to the address."""
        body = form(**more)
        response = await self.public.post(f"{INITIATIVES}/{initiative['id']}/sign", body)
        assert (response.status_code, response.content) == (202, b"{}"), response.text
        return tokens_in(await self.mailbox.next_to(body["email"], count, having="#support="))

    async def confirm(self, token: str) -> httpx.Response:
        return await self.public.post(f"{SUPPORTS}/verification", {"token": token})

    async def withdraw(self, token: str) -> httpx.Response:
        return await self.public.post(f"{SUPPORTS}/withdrawal", {"token": token})

    async def supported(self, initiative: Body, **more: Any) -> Body:
        """A confirmed support as the office sees it."""
        confirmed = await self.confirm((await self.signed(initiative, **more))["support"])
        assert confirmed.status_code == 200, confirmed.text
        return await self.support(confirmed.json()["ref"])

    async def support(self, key: str) -> Body:
        found = await self.admin.get(f"{SUPPORTS}/{key}")
        assert found.status_code == 200, found.text
        shown: Body = found.json()
        return shown

    async def supports(self, initiative: Body, query: str = "") -> list[Body]:
        found = await self.admin.get(f"{SUPPORTS}?initiative_id={initiative['id']}&limit=200{query}")
        assert found.status_code == 200, found.text
        items: list[Body] = found.json()["items"]
        return items

    async def count(self, initiative: Body, query: str = "") -> Body:
        found = await self.public.get(f"{INITIATIVES}/{initiative['id']}/count{query}")
        assert found.status_code == 200, found.text
        shown: Body = found.json()
        return shown


@pytest.fixture
async def unseen_network(superuser: asyncpg.Connection) -> None:
    """Nobody has signed from the network of the tests today."""
    await superuser.execute("UPDATE member_support SET network_key = NULL")


@pytest.fixture
def campaign(admin: Caller, anonymous: Caller, posted: Mailbox, unseen_network: None) -> Campaign:
    return Campaign(admin, anonymous, posted)
