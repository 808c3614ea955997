"""Responses stored under idempotency keys stay within the operator's bound."""

import asyncpg
import pytest

from shared.messaging.housekeeping import tidy

_FILL = """
INSERT INTO core_idempotency (day, scope, digest, status, headers, body, created_at)
SELECT (now() AT TIME ZONE 'UTC')::date - $1::int,
    sha256(format('%s-%s-%s', $1::int, $3::int, n)::bytea), '\\x00', 201, '{}',
    decode(repeat(md5(n::text), 60), 'hex'), now() - make_interval(days => $1::int, hours => $3::int)
FROM generate_series(1, $2) n
"""
_PAST = """
SELECT core_idempotency_rotate_partitions();
CREATE TABLE IF NOT EXISTS {name} PARTITION OF core_idempotency FOR VALUES FROM ('{day}') TO ('{next}')
"""
_BY_DAY = "SELECT (now() AT TIME ZONE 'UTC')::date - day AS age, count(*) AS n FROM core_idempotency GROUP BY day"


@pytest.fixture
async def days(admin: asyncpg.Connection) -> None:
    """Partitions of yesterday and of the day before, none full."""
    for age in (1, 2):
        row = await admin.fetchrow(
            "SELECT to_char(d, 'YYYYMMDD') AS name, d::text AS day, (d + 1)::text AS next"
            " FROM (SELECT (now() AT TIME ZONE 'UTC')::date - $1::int AS d) x",
            age,
        )
        await admin.execute(_PAST.format(name=f"core_idempotency_{row['name']}", day=row["day"], next=row["next"]))
    await admin.execute("TRUNCATE core_idempotency")


async def _kept(admin: asyncpg.Connection) -> dict[int, int]:
    return {row["age"]: row["n"] for row in await admin.fetch(_BY_DAY)}


async def test_the_oldest_days_go_first_and_the_last_hour_stays(admin: asyncpg.Connection, days: None) -> None:
    for age in (0, 1, 2):
        await admin.execute(_FILL, age, 1500, 0)
    await tidy(admin, 1024)
    assert await _kept(admin) == {0: 1500, 1: 1500, 2: 1500}
    await tidy(admin, 4)
    assert 2 not in await _kept(admin)
    await admin.execute(_FILL, 0, 1500, 2)
    await tidy(admin, 1)
    assert await _kept(admin) == {0: 1500}
