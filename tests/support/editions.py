"""Editions of the Global Report with their editors and authors, for tests by any caller."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from shared.kernel.clock import to_text, today
from tests.support.callers import CALLERS, Caller, grant, person
from tests.support.centres import entered, stepped
from tests.support.requests import as_expert
from tests.support.requests import expert as new_expert

EDITIONS, CONTRIBUTIONS, FIGURES = "/actions/v1/editions", "/actions/v1/contributions", "/actions/v1/figures"
BY_REGION = {"path": "/membership/v1/statistics", "parameters": {"of": "experts", "by": "region"}}
WROTE = ["writing-original-draft"]
OUTLINE = [
    {"key": "part", "titles": {"en": "Soils"}, "kind": "section"},
    {"key": "soils", "titles": {"en": "Peat"}, "parent": "part", "order": 1},
    {"key": "alphaland", "titles": {"en": "Alphaland"}, "kind": "country", "country": "XA", "order": 2},
]
_numbers = count(1)


def edition_body(**more: Any) -> dict[str, Any]:
    """An edition whose call is to open in an hour."""
    now, number = datetime.now(UTC), next(_numbers)
    call = {"opens": to_text(now + timedelta(hours=1)), "closes": to_text(now + timedelta(days=5))}
    days = {step: str(today() + timedelta(days=n)) for step, n in (("draft", 30), ("review", 60), ("final", 90))}
    place = {"year": 2000 + number % 200, "number": 1 + number // 200 % 99, "titles": {"en": f"Report {uuid4().hex}"}}
    return {**place, "outline": OUTLINE, "call": call, "deadlines": days, **more}


async def edition(admin: Caller, *steps: str, **more: Any) -> dict[str, Any]:
    """An edition, taken through these steps."""
    made = await entered(admin, EDITIONS, edition_body(**more))
    for step in steps:
        made = await stepped(admin, made, step)
    return made


def editor(by: Caller, of: dict[str, Any], monkeypatch: pytest.MonkeyPatch, role: str = "editor") -> Caller:
    """Somebody with a role over an edition."""
    name = f"{role} {uuid4()}"
    monkeypatch.setitem(CALLERS, name, person(name, grant(role, "edition", str(of["id"]))))
    return by.known_as(name)


async def author(
    by: Caller, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, **more: Any
) -> tuple[Caller, dict[str, Any]]:
    """An expert with an account, and as the corresponding author of a body."""
    key = await new_expert(superuser, **more)
    caller = as_expert(by, key, monkeypatch)
    account = CALLERS[caller.name].id
    await superuser.execute("UPDATE member_expert SET account_id = $2 WHERE id = $1", key, account)
    return caller, {"expert_id": str(key), "roles": WROTE, "corresponding": True}


def contribution_body(of: dict[str, Any], *authors: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A contribution to an edition."""
    titles = {"en": f"Peat {uuid4().hex}"}
    return {"edition_id": of["id"], "outline_key": "soils", "titles": titles, "authors": list(authors), **more}


def figure_body(of: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A figure of experts by region."""
    said = {"titles": {"en": "Experts by region"}, "alternatives": {"en": "Most experts are in Asia."}}
    return {"edition_id": of["id"], "key": "experts", "kind": "bars", **said, "query": BY_REGION, **more}


def day(days: int) -> str:
    """A day from today."""
    found: date = today() + timedelta(days=days)
    return str(found)
