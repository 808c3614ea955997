"""A merge that waits for a transaction which waits for it is written all the same."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.support.callers import Caller
from tests.support.membership import activated
from tests.support.merges import MERGES, merge_body
from tests.support.waiting import eventually

_LOCK = "SELECT FROM member_expert WHERE id = $1 FOR UPDATE"
_WAITING = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND $1 = ANY (pg_blocking_pids(pid))
"""


@pytest.fixture
async def another(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A transaction of somebody else, which is never the one that PostgreSQL rolls back."""
    connection = await asyncpg.connect(
        database_url, server_settings={"search_path": "escm", "deadlock_timeout": "10min"}
    )
    yield connection
    await connection.close()


@pytest.mark.long("PostgreSQL looks for a deadlock after a second")
async def test_a_merge_that_met_a_deadlock_is_tried_again(
    admin: Caller, another: asyncpg.Connection, superuser: asyncpg.Connection
) -> None:
    first, second = sorted([await activated(admin), await activated(admin)], key=lambda record: str(record["id"]))
    before = await superuser.fetchval("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")

    async def is_waited_for() -> bool:
        return bool(await superuser.fetchval(_WAITING, another.get_server_pid()))

    async def has_met_a_deadlock() -> bool:
        await superuser.execute("SELECT pg_stat_clear_snapshot()")
        query = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        return bool(await superuser.fetchval(query) > before)

    async with another.transaction():
        await another.execute(_LOCK, second["id"])
        merging = asyncio.create_task(admin.post(MERGES, merge_body(first, second)))
        await eventually(is_waited_for)
        await another.execute(_LOCK, first["id"])
    made = await merging
    assert made.status_code == 201, made.text
    assert await eventually(has_met_a_deadlock)
    merges = (await admin.get(f"{MERGES}?limit=200")).json()["items"]
    assert [one["winner_id"] for one in merges].count(first["id"]) == 1
    lines = (await admin.get(f"{first['links']['self']}/history")).json()["items"]
    assert [line["action"] for line in lines].count("merge") == 1
