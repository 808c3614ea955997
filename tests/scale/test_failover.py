"""The primary database is lost under load and its standby takes over: nothing acknowledged is lost, nothing is there
twice, and no process starts again."""

import logging
import os
import shutil
import signal
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from deploy.local.ports import HOST
from tests.faults.clients import Client
from tests.faults.cluster import LINKED, Cluster
from tests.faults.history import History
from tests.faults.load import writing
from tests.faults.test_feed import Reader
from tests.support.pooler import POOLED, pooler
from tests.support.standby import Standby, standby_of
from tests.support.waiting import eventually

log = logging.getLogger(__name__)
_BEFORE, _AFTER = 50, 100
"""Acknowledged writes before and after the loss."""
_WRITERS = 6
_HEAD = "SELECT head FROM core_feed_ends"
_FACTS = "SELECT fact FROM core_fact WHERE position > $1 ORDER BY position"
_OF_WRITES = "SELECT fact FROM core_fact WHERE subject = ANY($1::uuid[])"
_UNHANDLED = "SELECT count(*) FROM core_batch WHERE service = 'membership'"


class PairCluster(Cluster):
    """A cluster whose processes know two database servers, of which the second is a standby. With `TEST_POOLER` apps
    reach them through PgBouncer, at an address that follows the primary."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self._exits = AsyncExitStack()

    async def _open_servers(self) -> None:
        await super()._open_servers()
        self.standby: Standby = await self._exits.enter_async_context(standby_of(self.database_url))
        await self.standby.confirm_commits()
        if POOLED:
            self._pooler = self._exits.enter_context(pooler(f"postgresql://{HOST}:{self.proxy.port}"))

    def environment(self, database_port: int) -> dict[str, str]:
        found = super().environment(database_port)
        single = f"{HOST}:{database_port}/escm"
        both = f"{HOST}:{database_port},{HOST}:{self.standby.port}/escm?target_session_attrs=primary"
        pooled = {"ESCM_DATABASE_POOLER": self._pooler} if POOLED else {}
        return found | pooled | {"DATABASE_URL": found["DATABASE_URL"].replace(single, both)}

    async def fail_over(self) -> None:
        """Promotes the standby."""
        await self.standby.promote()
        if POOLED:
            self.proxy.target = self.standby.port
            self.proxy.reset()

    async def close(self) -> None:
        await super().close()
        await self._exits.aclose()


@pytest.fixture
async def cluster() -> AsyncIterator[PairCluster]:
    cluster = PairCluster(Path(tempfile.mkdtemp(prefix="escm-failover-")))
    try:
        await cluster.open()
        yield cluster
    finally:
        await cluster.close()
        shutil.rmtree(cluster.root, ignore_errors=True)


@pytest.mark.parametrize("loss", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "silent"])
async def test_no_acknowledged_write_is_lost(cluster: PairCluster, loss: signal.Signals, tmp_path: Path) -> None:
    worker = cluster.worker("worker", "deploy.cli", "worker", "membership")
    access, access_url = cluster.api("access", "feed")
    await worker.start()
    await access.start()
    processes = {process: process.pid for process in (cluster.first, cluster.second, cluster.relay, worker, access)}
    reading = Client(access_url, cluster.tokens["secretariat"])
    reader = Reader(reading)
    await reader.read()
    reader.seen.clear()
    async with cluster.superuser() as primary:
        head = await primary.fetchval(_HEAD)
    history = History(f"f{uuid4().hex[:10]}-")
    clients = [cluster.client("first"), cluster.client("second")]
    processes_of_primary = _family(cluster.postgres.pid)
    try:
        async with writing(history, clients, count=_WRITERS, retry=True):
            await _acknowledges(history, _BEFORE)
            before, lost_at = _acknowledged(history), time.monotonic()
            _signal(processes_of_primary, loss)
            await cluster.fail_over()
            await _acknowledges(history, before + _WRITERS + 1)  # others may have been written before the loss
            log.info("%s: wrote again after %.1f s, %s", loss.name, time.monotonic() - lost_at, history.statuses())
            await _acknowledges(history, before + _AFTER)
    finally:
        _signal(processes_of_primary, signal.SIGKILL)
    await _again(history, clients[0])
    assert not {word for word in history.statuses() if word.startswith(("4", "5"))} - {"409", "503"}
    connection = await asyncpg.connect(cluster.standby.url("escm"), server_settings={"search_path": "escm"})
    await eventually(lambda: _is_settled(connection, history))
    assert await history.faults(connection) == []
    await reader.read()
    facts = [row["fact"] for row in await connection.fetch(_FACTS, head)]
    assert reader.seen == facts[: len(reader.seen)]
    records = [operation.record for operation in history.operations if operation.record]
    assert {row["fact"] for row in await connection.fetch(_OF_WRITES, records)} <= set(reader.seen)
    for client in (*clients, reading):
        await client.close()
    await connection.close()
    await cluster.verify_audit_trail(tmp_path)
    await cluster.command("migrate")
    assert {process: process.pid for process in processes if process.is_running} == processes


def _family(pid: int) -> list[int]:
    """The process and its children, each of which leads a group of its own in PostgreSQL."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    return [pid, *(child for child, parent in parents.items() if parent == pid)]


def _signal(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def _acknowledged(history: History) -> int:
    return sum(operation.outcome == "ok" for operation in history.operations)


async def _acknowledges(history: History, count: int) -> None:
    async def are_there() -> bool:
        return _acknowledged(history) >= count

    await eventually(are_there)


async def _again(history: History, client: Client) -> None:
    """Repeats every acknowledged write under its key."""
    for mark in {operation.mark for operation in history.operations if operation.outcome == "ok"}:
        assert await history.attempt(mark, client.create(mark, key=mark)) == "ok"


async def _is_settled(connection: asyncpg.Connection, history: History) -> bool:
    """Whether every fact has its position, is in the audit trail, and was handled by the worker."""
    return (
        await history.waiting(connection) == 0
        and await connection.fetchval(LINKED)
        and await connection.fetchval(_UNHANDLED) == 0
    )
