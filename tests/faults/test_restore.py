"""Promise 52: a restore into a running system closes it first, and loses only what it reports."""

import asyncio
import random
import re
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from deploy.local.folder import PROJECT
from shared.database.maintenance import IS_FENCED
from tests.faults.clients import Client
from tests.faults.cluster import LINKED, Cluster
from tests.faults.history import History
from tests.faults.load import writing
from tests.support.waiting import eventually

_MARKS = "SELECT names->0->>'family' FROM escm.member_expert WHERE names->0->>'family' LIKE $1 || '%'"
_UNSEQUENCED = "SELECT count(*) = 0 FROM escm.core_outbox"
_LOST = re.compile(r"(\d+) changes that are not in the backup are lost")


@pytest.fixture
async def clients(cluster: Cluster) -> AsyncIterator[list[Client]]:
    clients = [cluster.client("first"), cluster.client("second")]
    yield clients
    for client in clients:
        await client.close()


async def _start(cluster: Cluster, *words: str) -> asyncio.subprocess.Process:
    command = (sys.executable, "-m", "deploy.cli", *words)
    said, both = asyncio.subprocess.PIPE, asyncio.subprocess.STDOUT
    environment = cluster.environment(cluster.postgres_port)
    return await asyncio.create_subprocess_exec(*command, env=environment, cwd=PROJECT, stdout=said, stderr=both)


async def _run(cluster: Cluster, *words: str) -> tuple[int, str]:
    """The status of the command, and all its output."""
    process = await _start(cluster, *words)
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


async def _succeed(cluster: Cluster, *words: str) -> str:
    status, said = await _run(cluster, *words)
    assert status == 0, said
    return said


async def _is_fenced(cluster: Cluster) -> bool:
    connection = await asyncpg.connect(cluster.database_url)
    try:
        return bool(await connection.fetchval(IS_FENCED))
    finally:
        await connection.close()


async def _marks(cluster: Cluster, history: History) -> set[str]:
    async with cluster.superuser() as connection:
        return {row[0] for row in await connection.fetch(_MARKS, history.prefix)}


def _done(history: History) -> set[str]:
    return {operation.mark for operation in history.operations if operation.outcome == "ok"}


@asynccontextmanager
async def _reading(client: Client) -> AsyncIterator[Counter[tuple[int, str | None, str | None]]]:
    """Counts the status, code and `Retry-After` of a list that is read repeatedly while the block runs."""
    seen: Counter[tuple[int, str | None, str | None]] = Counter()

    async def read() -> None:
        while True:
            response = await client.get("/membership/v1/experts", limit="1")
            seen[response.status_code, response.json().get("code"), response.headers.get("retry-after")] += 1
            await asyncio.sleep(0.02)

    task = asyncio.create_task(read())
    try:
        yield seen
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_restore_during_writes_loses_what_it_says_and_no_more(
    cluster: Cluster, history: History, clients: list[Client], tmp_path: Path
) -> None:
    file, trail, keys = (str(tmp_path / name) for name in ("backup.tar", "trail.ndjson", "audit.key"))
    worker = cluster.worker("worker-membership", "deploy.cli", "worker", "membership")
    await worker.start()
    try:
        for number in range(20):
            mark = f"{history.prefix}early-{number}"
            assert await history.attempt(mark, clients[0].create(mark)) == "ok"
        early = _done(history)
        await _succeed(cluster, "backup", file)
        async with writing(history, clients, count=4), _reading(clients[0]) as seen:
            await eventually(lambda: _has(history, 60), within=30)
            status, said = await _run(cluster, "restore", file, "--replace")
            assert (status, "Nothing is replaced" in said) == (1, True), said
            more = len(_done(history)) + 20
            await eventually(lambda: _has_done(history, more), within=60)
            said = await _succeed(cluster, "restore", file, "--replace", "--yes")
            more = len(_done(history)) + 20
            await eventually(lambda: _has_done(history, more), within=60)
    finally:
        cluster.discard(worker)
    kept = await _marks(cluster, history)
    lost = _done(history) - kept
    unknown = {operation.mark for operation in history.operations if operation.outcome == "unknown"}
    found = _LOST.search(said)
    assert found, said
    assert len(lost) <= int(found[1]) <= len(lost | unknown)
    assert early <= kept
    assert set(history.statuses()) <= {"201", "503"}, history.statuses()
    assert seen.keys() >= {(200, None, None), (503, "maintenance", "30")}
    assert {status for status, _, _ in seen} == {200, 503}
    async with cluster.superuser() as connection:
        await eventually(lambda: connection.fetchval(_UNSEQUENCED), within=30)
        await eventually(lambda: connection.fetchval(LINKED), within=30)
    await asyncio.to_thread(Path(keys).write_text, await _succeed(cluster, "audit", "key"))
    await _succeed(cluster, "audit", "export", trail)
    assert "whole" in await _succeed(cluster, "audit", "verify", trail, "--key", keys)


async def test_a_restore_that_is_killed_is_ended_by_the_next_migration(
    cluster: Cluster, history: History, clients: list[Client], tmp_path: Path, chance: random.Random
) -> None:
    file = str(tmp_path / "backup.tar")
    await _succeed(cluster, "backup", file)
    for number in range(2):
        mark = f"{history.prefix}{number}"
        assert await history.attempt(mark, clients[0].create(mark)) == "ok"
        process = await _start(cluster, "restore", file, "--replace", "--yes")
        await eventually(lambda: _is_fenced(cluster), within=60)
        await asyncio.sleep(chance.uniform(0, 0.5))
        process.kill()
        await process.communicate()
        assert await _is_fenced(cluster)
        for client in clients:
            refused = await client.create(f"{history.prefix}refused")
            assert (refused.status_code, refused.json()["code"]) == (503, "maintenance")
        assert "was interrupted" in (await _run(cluster, "backup", str(tmp_path / "no.tar")))[1]
        assert "a restore is running or was interrupted" in (await _run(cluster, "doctor"))[1]
        assert "was interrupted" in (await _run(cluster, "restore", file))[1]
        await _succeed(cluster, "migrate")
        async with cluster.superuser() as connection:
            assert await history.faults(connection) == []


async def _has(history: History, count: int) -> bool:
    return len(history.operations) >= count


async def _has_done(history: History, count: int) -> bool:
    return len(_done(history)) >= count
