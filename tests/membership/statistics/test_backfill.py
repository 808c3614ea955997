"""What was there before the counts were kept is counted on the day that it was entered."""

import asyncio
import random
from datetime import timedelta

import asyncpg

from migrations.run import migrate
from services.membership.statistics.queries import KINDS, LIVE
from shared.kernel.clock import now
from shared.records.counts import drift
from tests.membership.statistics.register import enter, invented, live_on


async def test_earlier_rows_are_counted_by_the_migration(test_servers: dict[str, str]) -> None:
    url = await _earlier(test_servers["postgres"], "core_0006")
    connection = await asyncpg.connect(url)
    dice = random.Random(3)
    ids = await enter(connection, [invented(dice) for _ in range(60)])
    day = now() - timedelta(days=400)
    await connection.execute("UPDATE escm.member_expert SET created_at = $2 WHERE id = ANY($1)", ids[:20], day)
    await connection.execute("UPDATE escm.member_expert SET merged_into = $2 WHERE id = $1", ids[1], ids[0])
    await migrate(url)
    assert await drift(connection, KINDS, LIVE) == []
    found = "SELECT sum(n) FROM escm.core_count_delta WHERE kind = 'expert' AND day <= $1"
    assert await connection.fetchval(found, day.date()) == 19
    await connection.close()


async def test_who_writes_while_boundaries_are_counted_waits_for_nothing_and_is_counted_once(
    test_servers: dict[str, str],
) -> None:
    url = await _earlier(test_servers["postgres"], "membership_0012")
    early, later = await asyncpg.connect(url), await asyncpg.connect(url)
    dice = random.Random(5)
    ids = await enter(later, [invented(dice) for _ in range(200)])
    await later.execute("UPDATE escm.member_expert SET created_at = now() - interval '400 days' WHERE id = $1", ids[0])
    transaction = early.transaction()
    await transaction.start()
    await enter(early, [invented(dice) for _ in range(10)])
    migrating = asyncio.create_task(migrate(url))
    while not await later.fetchval("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND mode LIKE 'Share%')"):
        assert not migrating.done()
    await transaction.commit()
    while not migrating.done():
        await live_on(later, ids, dice)
    await migrating
    assert await drift(later, KINDS, LIVE) == []
    kept = (
        "SELECT count(*) FROM escm.core_count_delta WHERE kind = 'expert_boundary' AND day < now() - interval '1 year'"
    )
    assert await later.fetchval(kept) >= 1
    await asyncio.gather(early.close(), later.close())


async def _earlier(server: str, revision: str) -> str:
    """The address of a new database at an earlier revision."""
    name = f"escm_before_{revision}"
    connection = await asyncpg.connect(f"{server}postgres")
    await connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    await connection.close()
    await migrate(f"{server}{name}", revision=revision)
    return f"{server}{name}"
