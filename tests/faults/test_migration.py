"""Promise 36: migrations run during use: no request fails, none waits long for a lock."""

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import asyncpg

from deploy.local.folder import PROJECT
from tests.faults.clients import EXPERTS, Client
from tests.faults.cluster import Cluster
from tests.faults.history import History
from tests.faults.load import writing
from tests.support.waiting import eventually

_LONGEST = 2.0
"""Seconds that a request may wait for a migration."""
_WAITS = """
SELECT coalesce(max(extract(epoch FROM clock_timestamp() - l.waitstart)), 0)::float
FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE NOT l.granted AND a.application_name ~ '^escm-membership'
"""
_BLOCKED = "SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock'"
_INDEX = "member_expert_remark_idx"
_APPLIED = "SELECT version_num FROM core_migration"


async def _migrator(cluster: Cluster, where: str) -> tuple[int, str]:
    """A process that migrates; its status and output."""
    command = (sys.executable, "-m", "tests.faults.migrating", where)
    environment, pipe = cluster.environment(cluster.postgres_port), asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *command, env=environment, cwd=PROJECT, stdout=pipe, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


@asynccontextmanager
async def next_release(cluster: Cluster) -> AsyncIterator[Callable[[], asyncio.Task[tuple[int, str]]]]:
    """Starts migrators to the next release; reverts them at the end."""
    started: list[asyncio.Task[tuple[int, str]]] = []

    def start() -> asyncio.Task[tuple[int, str]]:
        started.append(asyncio.create_task(_migrator(cluster, "up")))
        return started[-1]

    try:
        yield start
    finally:
        await asyncio.gather(*started, return_exceptions=True)
        status, said = await _migrator(cluster, "down")
        assert status == 0, said


async def _read(client: Client, statuses: Counter[int]) -> None:
    """Reads and searches the list until it is cancelled."""
    while True:
        for parameters in ({"limit": "5"}, {"q": "Amina"}):
            statuses[(await client.get(EXPERTS, **parameters)).status_code] += 1
        await asyncio.sleep(0.02)


async def _watch(connection: asyncpg.Connection, waits: list[float]) -> None:
    """Records the longest wait of a request for a lock."""
    while True:
        waits.append(await connection.fetchval(_WAITS))
        await asyncio.sleep(0.02)


async def _has(history: History, count: int) -> bool:
    return len(history.operations) >= count


async def test_three_migrators_at_once_under_load(cluster: Cluster, history: History) -> None:
    clients = [cluster.client("first", timeout=20), cluster.client("second", timeout=20)]
    statuses: Counter[int] = Counter()
    waits: list[float] = []
    async with (
        next_release(cluster) as start,
        cluster.superuser() as connection,
        cluster.superuser() as long,
        cluster.superuser() as watching,
    ):
        tasks = [asyncio.create_task(_read(client, statuses)) for client in clients]
        tasks.append(asyncio.create_task(_watch(watching, waits)))
        async with writing(history, clients, count=4):
            await eventually(lambda: _has(history, 40), within=30)
            async with long.transaction():
                await long.execute("SELECT count(*) FROM member_expert")
                migrators = [start() for _ in range(3)]
                await eventually(lambda: connection.fetchval(_BLOCKED), within=60, every=0.01)
                await eventually(lambda: _none_is_blocked(connection), within=10)
            ends = await asyncio.gather(*migrators)
            more = len(history.operations) + 40
            await eventually(lambda: _has(history, more), within=30)
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(end, asyncio.CancelledError) for end in ended), ended
        assert [status for status, _ in ends] == [0, 0, 0], ends
        assert await connection.fetchval(_APPLIED) == "9999_core_settle"
        assert await connection.fetchval("SELECT count(*) FROM core_sample") == 1
        assert await connection.fetchval("SELECT indisvalid FROM pg_index WHERE indexrelid = $1::regclass", _INDEX)
        assert set(history.statuses()) == {"201"}
        assert set(statuses) == {200}
        assert max(waits) < _LONGEST
        assert await history.faults(connection) == []
    for client in clients:
        await client.close()


async def _none_is_blocked(connection: asyncpg.Connection) -> bool:
    return await connection.fetchval(_BLOCKED) == 0
