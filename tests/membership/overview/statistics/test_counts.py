"""The counts are those of the rows, after any change and whenever they are folded."""

import asyncio
import random
from datetime import date, timedelta

import asyncpg
import pytest

from services.membership.worker import SCHEDULES
from shared.database.context import SYSTEM_CONTEXT
from shared.database.ids import uuid7
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import today
from shared.records.counts import fold
from tests.membership.overview.statistics.register import differences, enter, folded, invented, live_on
from tests.support.tiers import long

_CELL = ("active", "XA", "public", "expert", "1.1,1.5")


@pytest.mark.parametrize("seed", [0, *long("another seed", *range(1, 6))])
async def test_after_any_changes_the_counts_are_those_of_the_rows(
    seed: int, database: Database, superuser: asyncpg.Connection
) -> None:
    dice = random.Random(seed)
    ids = await enter(superuser, [invented(dice)])
    for _ in range(60):
        before, transaction = list(ids), superuser.transaction()
        await transaction.start()
        for _ in range(dice.randint(1, 4)):
            await live_on(superuser, ids, dice)
        if dice.random() < 0.3:
            await transaction.rollback()
            ids = before
        else:
            await transaction.commit()
        if dice.random() < 0.3:
            await folded(database)
        assert await differences(superuser) == [], seed
    while await folded(database):
        assert await differences(superuser) == [], seed
    assert await superuser.fetchval("SELECT count(*) FROM core_count_delta") == 0


async def test_a_copy_is_counted_as_one_statement(superuser: asyncpg.Connection, database: Database) -> None:
    while await folded(database):
        pass
    await superuser.execute("CREATE TEMP TABLE copied AS SELECT * FROM member_expert LIMIT 0")
    dice = random.Random(1)
    ids = await enter(superuser, [invented(dice) for _ in range(50)])
    await superuser.execute("INSERT INTO copied SELECT * FROM member_expert WHERE id = ANY($1)", ids)
    rows = await superuser.fetch("SELECT * FROM copied")
    columns = [name for name in dict(rows[0]) if name not in ("id", "ref")]
    again = [(uuid7(), f"CPY-{uuid7()}", *(row[name] for name in columns)) for row in rows]
    await superuser.copy_records_to_table(
        "member_expert", schema_name="escm", columns=["id", "ref", *columns], records=again
    )
    assert await differences(superuser) == []
    assert await superuser.fetchval("SELECT count(*) FROM core_count_delta") <= 200


async def test_changes_of_every_kind_are_folded(database: Database, superuser: asyncpg.Connection) -> None:
    """Also those of kinds that another service counts."""
    kind = f"invented {uuid7()}"
    await superuser.execute(
        "INSERT INTO core_count_delta (kind, visibility, status, country, category, n)"
        " VALUES ($1, 'public', 'published', 'XA', '', 3)",
        kind,
    )
    while await folded(database):
        pass
    assert await superuser.fetchval("SELECT count(*) FROM core_count_delta WHERE kind = $1", kind) == 0
    assert await superuser.fetchval("SELECT n FROM core_count WHERE kind = $1", kind) == 3
    for table in ("core_count", "core_count_day"):
        await superuser.execute(f"DELETE FROM {table} WHERE kind = $1", kind)


async def test_writers_of_one_country_do_not_wait_for_one_another_or_for_a_fold(
    database: Database, superuser: asyncpg.Connection
) -> None:
    await superuser.execute("SET lock_timeout = '1s'")
    await enter(superuser, [_CELL])
    async with unit_of_work(database, SYSTEM_CONTEXT) as folding:
        assert await fold(folding.connection) > 0
        async with unit_of_work(database, SYSTEM_CONTEXT) as one, unit_of_work(database, SYSTEM_CONTEXT) as two:
            for uow in (one, two):
                await uow.connection.execute("SET LOCAL lock_timeout = '1s'")
            await asyncio.gather(*(enter(uow.connection, [_CELL]) for uow in (one, two)))
            await enter(superuser, [_CELL])
            assert await fold(two.connection) == 0, "another fold is under way"
    assert await differences(superuser) == []
    assert await folded(database) == 6


async def test_nobody_sees_a_change_twice_or_not_at_all_while_it_is_folded(
    database: Database, superuser: asyncpg.Connection
) -> None:
    kept = (
        "SELECT (SELECT coalesce(sum(n), 0) FROM core_count WHERE kind = 'expert')"
        " + (SELECT coalesce(sum(n), 0) FROM core_count_delta WHERE kind = 'expert')"
    )
    done = asyncio.Event()

    async def write() -> None:
        for _ in range(40):
            async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
                await enter(uow.connection, [_CELL] * 3)
        done.set()

    async def move() -> None:
        while not done.is_set():
            await folded(database)

    async def read() -> None:
        before = 0
        while not done.is_set():
            found = await superuser.fetchval(kept)
            assert (found - start) % 3 == 0
            assert found >= before
            before = found

    start = await superuser.fetchval(kept)
    await asyncio.gather(write(), move(), read())
    assert await superuser.fetchval(kept) == start + 120


async def test_days_are_never_folded_into_one_another(database: Database, superuser: asyncpg.Connection) -> None:
    before = "SELECT coalesce(sum(n), 0) FROM core_count_day WHERE kind = 'expert' AND country = 'FJ' AND day <= $1"
    for days in (5, 3):
        await enter(superuser, [("active", "FJ", "public", "expert", "1.1")] * 2)
        await superuser.execute(
            "UPDATE core_count_delta SET day = $1 WHERE country = 'FJ' AND day = $2", _ago(days), today()
        )
        await folded(database)
    await enter(superuser, [("active", "FJ", "public", "expert", "1.1")])
    while await folded(database):
        pass
    assert [await superuser.fetchval(before, _ago(days)) for days in (6, 5, 4, 3, 1, 0)] == [0, 2, 2, 4, 4, 5]
    assert await differences(superuser) == []


async def test_what_was_written_past_the_triggers_is_found_and_mended(
    database: Database, superuser: asyncpg.Connection
) -> None:
    await superuser.execute("SET session_replication_role = replica")
    await enter(superuser, [("lapsed", "FO", "network", "fellow", "1.1,1.5")] * 4)
    await superuser.execute("SET session_replication_role = origin")
    assert {(row["kind"], row["tag"], int(row["n"])) for row in await differences(superuser)} == {
        ("expert", "", 4),
        ("expert_boundary", "", 4),
        ("expert_boundary_tagged", "", 4),
        ("expert_tagged", "1.1", 4),
        ("expert_tagged", "1.5", 4),
    }
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await SCHEDULES["check_counts"].run(uow)
    assert await differences(superuser) == []


def _ago(days: int) -> date:
    return today() - timedelta(days=days)
