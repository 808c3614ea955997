"""Tasks and their owners, for tests by any caller."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from shared.kernel.clock import today
from tests.actions.neighbours import enter
from tests.support.callers import CALLERS, Caller, grant, person

TASKS = "/actions/v1/tasks"


def body(**more: Any) -> dict[str, Any]:
    """A task of Alphaland that is due in 30 days."""
    due = str(today() + timedelta(days=30))
    return {"country": "XA", "titles": {"en": "Name a host"}, "text": {"en": "Ask the ministry."}, "due": due, **more}


async def task(by: Caller, **more: Any) -> str:
    """The address of a new task."""
    made = await by.post(TASKS, body(**more))
    assert made.status_code == 201, made.text
    return str(made.json()["links"]["self"])


async def official(
    superuser: asyncpg.Connection, role: str = "government_focal_point", country: str = "XA", **more: Any
) -> UUID:
    """The account of a person with a role in a country."""
    account = await enter(
        superuser,
        "access_account",
        status="active",
        country=None,
        visibility="restricted",
        email=(address := f"{uuid4().hex}@example.org"),
        email_key=address,
        **more,
    )
    held = {"principal_kind": "account", "principal_id": account, "role": role, "status": "active"}
    scope = {"scope_kind": "country", "scope_id": country, "country": country, "visibility": "restricted"}
    await enter(superuser, "access_grant", **held, **scope, starts=today())
    return account


def signed_in(by: Caller, account: UUID, monkeypatch: pytest.MonkeyPatch, country: str = "XA") -> Caller:
    """The focal point with this account, as a caller."""
    name = f"official {account}"
    who = person(name, grant("government_focal_point", "country", country))
    object.__setattr__(who, "id", account)
    monkeypatch.setitem(CALLERS, name, who)
    return by.known_as(name)
