"""Experts are reminded 60, 30 and 7 days before their term ends, once for each kind and day."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.membership.mailing.reminders.domain import DAYS_BEFORE, RETENTION
from services.membership.settings import MembershipSettings
from services.membership.worker import SCHEDULES
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import today
from tests.support.callers import Caller
from tests.support.membership import EXPERTS, activated

TERM, PROFILE, DECLARATION = (
    f"escm.membership.expert.{kind}.v1" for kind in ("term_ending", "profile_due", "declaration_due")
)
_REMINDERS = """
SELECT type FROM core_outbox WHERE subject = $1 AND type = ANY($2) ORDER BY type
"""


@pytest.fixture
async def wide(database_url: str) -> AsyncIterator[Database]:
    """The service's own database role, on several connections."""
    opened = await Database.open(MembershipSettings(database_url=database_url).database_dsn(), size=4)
    yield opened
    await opened.close()


async def _expert(
    admin: Caller, superuser: asyncpg.Connection, days: int, *, is_confirmed: bool = True, has_declared: bool = True
) -> dict[str, Any]:
    """An active expert whose term ends in so many days."""
    expert = await activated(admin, names=[{"full": "Reminded Expert"}])
    await superuser.execute(
        "UPDATE member_expert SET term_starts = $2, term_ends = $3, profile_confirmed_on = $4,"
        " conflict_of_interest_on = $5 WHERE id = $1",
        UUID(expert["id"]),
        today() - timedelta(days=1000),
        today() + timedelta(days=days),
        today() if is_confirmed else today() - timedelta(days=366),
        today() if has_declared else date(today().year - 1, 12, 31),
    )
    return expert


async def _remind(database: Database) -> None:
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await SCHEDULES["remind"].run(uow)


async def _reminded(superuser: asyncpg.Connection, expert: dict[str, Any]) -> list[str]:
    """The types of the reminders of an expert."""
    rows = await superuser.fetch(_REMINDERS, UUID(expert["id"]), [TERM, PROFILE, DECLARATION])
    return [row["type"] for row in rows]


@pytest.mark.parametrize("days", DAYS_BEFORE)
async def test_an_expert_is_reminded_once(
    admin: Caller, database: Database, superuser: asyncpg.Connection, days: int
) -> None:
    expert = await _expert(admin, superuser, days)
    for _ in range(3):
        await _remind(database)
        assert await _reminded(superuser, expert) == [TERM]
    record = (await admin.get(f"{EXPERTS}/{expert['id']}")).json()
    assert record["version"] == expert["version"]
    (line,) = (await admin.get(f"{EXPERTS}/{expert['id']}/history?limit=1")).json()["items"]
    assert (line["action"], line["by"]["kind"], line["changes"]) == ("remind", "system", [])


async def test_the_next_day_of_the_same_term_is_another_reminder(
    admin: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    expert = await _expert(admin, superuser, 30)
    await _remind(database)
    move = "UPDATE member_reminder SET day = day - 23 WHERE expert_id = $1"
    await superuser.execute(move, UUID(expert["id"]))
    ends = "UPDATE member_expert SET term_ends = $2 WHERE id = $1"
    await superuser.execute(ends, UUID(expert["id"]), today() + timedelta(days=7))
    await _remind(database)
    assert await _reminded(superuser, expert) == [TERM, TERM]


@pytest.mark.parametrize(
    ("days", "is_due"),
    [(61, False), (60, True), (54, True), (53, False), (31, False), (8, False), (1, True), (0, False)],
)
async def test_a_reminder_comes_up_to_six_days_late(
    admin: Caller, database: Database, superuser: asyncpg.Connection, days: int, is_due: bool
) -> None:
    expert = await _expert(admin, superuser, days)
    await _remind(database)
    assert await _reminded(superuser, expert) == ([TERM] if is_due else [])


async def test_what_the_renewal_needs_is_named(
    admin: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    unconfirmed = await _expert(admin, superuser, 60, is_confirmed=False)
    undeclared = await _expert(admin, superuser, 60, has_declared=False)
    await _remind(database)
    assert await _reminded(superuser, unconfirmed) == [PROFILE, TERM]
    assert await _reminded(superuser, undeclared) == [DECLARATION, TERM]


async def test_only_active_experts_of_a_longer_term_are_reminded(
    admin: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    suspended, fresh = [await _expert(admin, superuser, 30) for _ in range(2)]
    await superuser.execute("UPDATE member_expert SET status = 'suspended' WHERE id = $1", UUID(suspended["id"]))
    await superuser.execute("UPDATE member_expert SET term_starts = $2 WHERE id = $1", UUID(fresh["id"]), today())
    await _remind(database)
    assert [await _reminded(superuser, expert) for expert in (suspended, fresh)] == [[], []]


async def test_four_schedules_at_once_remind_once(admin: Caller, wide: Database, superuser: asyncpg.Connection) -> None:
    experts = [await _expert(admin, superuser, 7) for _ in range(8)]
    await asyncio.gather(*(_remind(wide) for _ in range(4)))
    assert [await _reminded(superuser, expert) for expert in experts] == [[TERM]] * 8


async def test_nothing_of_a_reminder_that_fails_is_left(
    admin: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    expert = await _expert(admin, superuser, 7)

    async def fail() -> None:
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            await SCHEDULES["remind"].run(uow)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await _reminded(superuser, expert) == []
    await _remind(database)
    assert await _reminded(superuser, expert) == [TERM]


async def test_old_reminders_are_deleted(admin: Caller, database: Database, superuser: asyncpg.Connection) -> None:
    expert = await _expert(admin, superuser, 30)
    await _remind(database)
    old, count = today() - RETENTION - timedelta(days=1), "SELECT count(*) FROM member_reminder WHERE expert_id = $1"
    key = UUID(expert["id"])
    await superuser.execute("INSERT INTO member_reminder VALUES ($1, 'term_ending', $2)", key, old)
    await _remind(database)
    assert await superuser.fetchval(count, key) == 1
