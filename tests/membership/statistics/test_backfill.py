"""What was there before the counts were kept is counted on the day that it was entered."""

import random
from datetime import timedelta

import asyncpg

from migrations.run import migrate
from services.membership.statistics.queries import KINDS, LIVE
from shared.kernel.clock import now
from shared.records.counts import drift
from tests.membership.statistics.register import enter, invented


async def test_earlier_rows_are_counted_by_the_migration(test_servers: dict[str, str]) -> None:
    server = await asyncpg.connect(f"{test_servers['postgres']}postgres")
    await server.execute("DROP DATABASE IF EXISTS escm_backfill WITH (FORCE)")
    await server.execute("CREATE DATABASE escm_backfill TEMPLATE template0")
    await server.close()
    url = f"{test_servers['postgres']}escm_backfill"
    await migrate(url, revision="core_0006")
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
