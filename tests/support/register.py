"""Centres in the public register, and reading it."""

from itertools import count
from typing import Any

import asyncpg

from services.centres.reactions import REACTIONS
from shared.contracts.envelope import Fact
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.messaging.inbox import Inbox
from tests.support.callers import Caller
from tests.support.centres import BASE, Members, agreed, endorsed, recommended, stepped
from tests.support.membership import INSTITUTIONS, activated

REGISTER = f"{BASE}/register"
CHANGES = f"{REGISTER}/changes"
INBOX = Inbox("centres", REACTIONS)
_FACTS = """
SELECT id AS place, fact AS id, type, time, subject, ref, version, country, country_left, visibility, link, traceparent,
    bulk
FROM core_outbox WHERE type LIKE 'escm.membership.%' AND id > $1 ORDER BY id
"""
_numbers = count(1)


async def public_host(members: Members, country: str, name: str = "") -> dict[str, Any]:
    """A verified institution that everybody may read."""
    named = [{"value": name or f"Institute {next(_numbers)}", "language": "en", "types": ["ror_display"]}]
    body = {"names": named, "country": country, "visibility": "public"}
    made = (await members.admin.post(INSTITUTIONS, body)).json()
    return await stepped(members.admin, made, "verify")


async def public_expert(members: Members, country: str, name: str = "") -> dict[str, Any]:
    """An active expert whom everybody may read."""
    number = next(_numbers)
    emails = [{"value": f"director{number}@example.org"}]
    names = [{"full": name or f"Director {number}"}]
    return await activated(members.admin, country=country, names=names, emails=emails, visibility="public")


async def designated(
    admin: Caller, members: Members, superuser: asyncpg.Connection, country: str, **more: Any
) -> dict[str, Any]:
    """A public centre with a public host and a public director, designated today."""
    note = more.pop("public_note", None)
    host = more.pop("host_institution_id", None) or (await public_host(members, country))["id"]
    director = more.pop("director_id", None) or (await public_expert(members, country))["id"]
    places = {"visibility": "public", "host_institution_id": host, "director_id": director, **more}
    centre = await recommended(admin, members, country, **places)
    await agreed(admin, centre)
    await endorsed(superuser, country, level=3)
    return await stepped(admin, centre, "designate", fields={} if note is None else {"public_note": note})


async def changed(caller: Caller, record: dict[str, Any], **values: Any) -> dict[str, Any]:
    """The record after a patch."""
    response = await caller.change(record["links"]["self"], **values)
    assert response.status_code == 200, response.text
    return dict(response.json())


async def items(caller: Caller, country: str, **query: Any) -> list[dict[str, Any]]:
    """The centres of a country in the register."""
    response = await caller.get(REGISTER, params={"country": country, **query})
    assert response.status_code == 200, response.text
    return list(response.json()["items"])


async def changes(caller: Caller, country: str, **query: Any) -> list[dict[str, Any]]:
    """The changes of a country's centres in the register."""
    response = await caller.get(CHANGES, params={"country": country, **query})
    assert response.status_code == 200, response.text
    return list(response.json()["items"])


class Membership:
    """The facts that membership has announced since this was made, delivered to centres."""

    def __init__(self, superuser: asyncpg.Connection, database: Database, last: int) -> None:
        self._superuser = superuser
        self._database = database
        self._last = last

    @classmethod
    async def from_now(cls, superuser: asyncpg.Connection, database: Database) -> "Membership":
        """Without the facts of earlier tests."""
        return cls(superuser, database, await superuser.fetchval("SELECT coalesce(max(id), 0) FROM core_outbox"))

    async def deliver(self) -> None:
        """Delivers what was announced since the last time."""
        for row in await self._superuser.fetch(_FACTS, self._last):
            fact = dict(row)
            self._last = fact.pop("place")
            async with unit_of_work(self._database, SYSTEM_CONTEXT) as uow:
                await INBOX.react(uow, [Fact(**fact)])
