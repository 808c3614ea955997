"""Callers as rows, and a member who signs in."""

from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from tests.support.callers import CALLERS, Caller, grant, person
from tests.support.membership import activated
from tests.support.principals import enter_callers


@pytest.fixture(scope="session")
async def principals(database_url: str) -> None:
    """The callers' accounts, clients and grants as rows: a file is only assigned to holders of an office."""
    await enter_callers(database_url)


@pytest.fixture
def member(
    caller: Callable[[str | None], Caller],
    admin: Caller,
    superuser: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Awaitable[tuple[Caller, dict[str, Any]]]]:
    """Makes an active expert with the given fields who signs in. Returns the caller and the record."""

    async def make(**fields: Any) -> tuple[Caller, dict[str, Any]]:
        record = await activated(caller("admin"), **fields)
        name = f"member {record['ref']}"
        principal = person(name, grant("expert", "self", record["id"]))
        monkeypatch.setitem(CALLERS, name, principal)  # type: ignore[arg-type]
        await superuser.execute("UPDATE member_expert SET account_id = $2 WHERE id = $1", record["id"], principal.id)
        return caller(name), record

    return make
