"""Promises 15 and 16: one slow query affects nothing else; the work for a disconnected client ends at once."""

import asyncio
import random

import asyncpg
import pytest

from tests.faults.clients import EXPERTS
from tests.faults.cluster import Cluster
from tests.support.waiting import eventually

_SLOW = "/membership/v1/institutions"
_WAITING = """
SELECT count(*) FROM pg_stat_activity WHERE application_name = 'escm-membership' AND state <> 'idle'
    AND query LIKE '%member\\_institution%'
"""
_LOCKS = """
SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE a.application_name = 'escm-membership' AND l.relation = 'escm.member_institution'::regclass
"""
_GAVE_UP = "canceling statement due to lock timeout"
"""What Postgres logs of a statement that waited for a lock to the end, without a cancellation."""


@pytest.fixture
async def locked(cluster: Cluster):
    """A connection whose transaction locks the institutions, so that every read of them waits."""
    async with cluster.superuser() as connection, cluster.superuser() as watcher:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("LOCK TABLE member_institution IN ACCESS EXCLUSIVE MODE")
        yield watcher
        await transaction.rollback()


async def test_a_slow_route_leaves_the_others_alone(cluster: Cluster, locked: asyncpg.Connection):
    slow, quick = cluster.client("second", timeout=30), cluster.client("second", timeout=10)
    waiting = [asyncio.create_task(slow.get(_SLOW, limit=2)) for _ in range(40)]
    await eventually(lambda: locked.fetchval(_WAITING), within=5)
    await asyncio.sleep(0.5)
    responses = [await quick.get(EXPERTS, limit=1) for _ in range(10)]
    responses += [await quick.create(f"Another-{number}") for number in range(5)]
    responses += [await quick.get("/membership/v1/readyz")]
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert {response.status_code for response in responses} == {200, 201}
    await slow.close()
    await quick.close()


async def test_what_five_hundred_clients_left_is_gone(
    cluster: Cluster, locked: asyncpg.Connection, chance: random.Random
):
    port = int(cluster.second_url.rpartition(":")[2])
    logged = len(cluster.postgres.log())

    async def leave() -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET {_SLOW} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        await writer.drain()
        await asyncio.sleep(chance.uniform(0.01, 0.5))
        writer.close()
        await writer.wait_closed()

    for _ in range(5):
        await asyncio.gather(*(leave() for _ in range(100)))

    async def nothing_is_left() -> bool:
        return await locked.fetchval(_WAITING) == 0 and await locked.fetchval(_LOCKS) == 0

    await eventually(nothing_is_left, within=30)
    assert _GAVE_UP not in cluster.postgres.log()[logged:]
    quick = cluster.client("second")
    assert (await quick.get(EXPERTS, limit=1)).status_code == 200
    await quick.close()
