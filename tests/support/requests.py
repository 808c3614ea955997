"""Requests for support, offers, and experts with an account, for tests by any caller."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.actions.support.support_requests import arranging
from services.actions.support.support_requests.operations import announce_late
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import today
from tests.actions.neighbours import enter
from tests.support.callers import CALLERS, Caller, grant, person

REQUESTS = "/actions/v1/support_requests"
OFFERS = "/actions/v1/offers"
DOCUMENT = {"title": "What was found", "date": "2026-11-01", "url": "https://example.org/found.pdf"}
_KINDS = {
    "fields": "field",
    "planetary_boundaries": "boundary",
    "ecosystems": "ecosystem",
    "keywords": "keyword",
    "languages": "language",
}


def body(**more: Any) -> dict[str, Any]:
    """A request of Alphaland for a review."""
    texts = {"titles": {"en": "Peatlands"}, "need": {"en": "We want to map our peatlands."}}
    return {"country": "XA", "kind": "review", **texts, **more}


async def request(by: Caller, *steps: str, **more: Any) -> str:
    """The address of a new request; an administrator takes it through the steps."""
    made = await by.post(REQUESTS, body(**more))
    assert made.status_code == 201, made.text
    path = str(made.json()["links"]["self"])
    for action in steps:
        taken = await by.known_as("admin").step(path, action)
        assert taken.status_code == 200, taken.text
    return path


async def matching(by: Caller, **more: Any) -> str:
    """A request for which experts are sought."""
    return await request(by, "submit", "accept", **more)


async def expert(superuser: asyncpg.Connection, **more: Any) -> UUID:
    """An active expert who is available, with values by field of a request; public unless `visibility` differs."""
    values = {kind: more.pop(field) for field, kind in _KINDS.items() if field in more}
    columns = {"status": "active", "category": "expert", "display_name": "An Expert", **more}
    key = await enter(superuser, "member_expert", **columns)
    await superuser.executemany(
        "INSERT INTO member_expert_value (expert_id, kind, value, country, visibility) VALUES ($1, $2, $3, $4, $5)",
        [
            (key, kind, value, more.get("country", "XA"), more.get("visibility", "public"))
            for kind, words in values.items()
            for value in words
        ],
    )
    return key


def as_expert(by: Caller, key: UUID, monkeypatch: pytest.MonkeyPatch) -> Caller:
    """The person with this record in the register."""
    name = f"expert {key}"
    monkeypatch.setitem(CALLERS, name, person(name, grant("expert", "self", str(key))))
    return by.known_as(name)


async def offer(by: Caller, path: str, key: UUID, **more: Any) -> str:
    """The address of a new offer."""
    made = await by.post(f"{path}/offers", {"expert_id": str(key), **more})
    assert made.status_code == 201, made.text
    return str(made.json()["links"]["self"])


async def clock(by: Caller, path: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = (await by.get(path)).json()["clock"]
    return found


async def pass_day(superuser: asyncpg.Connection, path: str) -> None:
    """Makes yesterday the last day to respond to an offer."""
    yesterday: date = today() - timedelta(days=1)
    await superuser.execute("UPDATE action_offer SET respond_by = $2 WHERE id = $1", path[-36:], yesterday)


async def follow(database: Database) -> None:
    """What the worker does once an hour."""
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await arranging.expire(uow)
        await announce_late(uow)


def word() -> str:
    """A keyword that no other test has."""
    return f"soil {uuid4().hex}"
