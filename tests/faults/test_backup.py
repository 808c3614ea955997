"""Promise 45: a backup taken under load is one moment; a killed restore completes or changes nothing."""

import asyncio
import random
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from deploy.local.folder import PROJECT
from tests.faults.clients import Client
from tests.faults.cluster import Cluster
from tests.faults.history import History
from tests.faults.load import writing
from tests.support.databases import checksums
from tests.support.waiting import eventually

_OTHER = "escm_restored"
_TORN = """
SELECT count(*) FROM escm.member_expert e WHERE e.names->0->>'family' LIKE $1 || '%' AND (
    (SELECT count(*) FROM escm.core_audit a WHERE a.subject = e.id) <> 1
    OR (SELECT count(*) FROM escm.core_outbox o WHERE o.subject = e.id)
        + (SELECT count(*) FROM escm.core_fact f WHERE f.subject = e.id) <> 1)
"""
_MARKS = "SELECT names->0->>'family' FROM escm.member_expert WHERE names->0->>'family' LIKE $1 || '%'"
_SESSIONS = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'escm-backup'"
_ASIDE = "SELECT to_regnamespace('escm_set_aside') IS NOT NULL"


class Restored:
    """A second database of the cluster's server, and `escm` for it or for the cluster's own."""

    def __init__(self, cluster: Cluster) -> None:
        self.own = cluster.environment(cluster.postgres_port)
        self.other = self.own | {
            "DATABASE_URL": cluster.database_url.rpartition("/")[0] + f"/{_OTHER}",
            "ESCM_STORAGE_PATH": str(cluster.root / "restored-files"),
        }
        self.url = self.other["DATABASE_URL"]

    async def start(self, environment: dict[str, str], *words: str) -> asyncio.subprocess.Process:
        command = (sys.executable, "-m", "deploy.cli", *words)
        said = asyncio.subprocess.PIPE
        return await asyncio.create_subprocess_exec(*command, env=environment, cwd=PROJECT, stdout=said, stderr=said)

    async def run(self, environment: dict[str, str], *words: str) -> tuple[int, str]:
        """The status of the command, and all its output."""
        process = await self.start(environment, *words)
        out, err = await process.communicate()
        return process.returncode or 0, (out + err).decode()

    async def succeed(self, environment: dict[str, str], *words: str) -> None:
        """Runs the command. AssertionError with all its output if it fails."""
        status, said = await self.run(environment, *words)
        assert status == 0, said

    async def fetchval(self, query: str, *parameters: str) -> object:
        connection = await asyncpg.connect(self.url)
        try:
            return await connection.fetchval(query, *parameters)
        finally:
            await connection.close()

    async def identifiers(self, history: History) -> set[str]:
        connection = await asyncpg.connect(self.url)
        try:
            return {row[0] for row in await connection.fetch(_MARKS, history.prefix)}
        finally:
            await connection.close()


@pytest.fixture
async def restored(cluster: Cluster) -> AsyncIterator[Restored]:
    async with cluster.superuser() as connection:
        await connection.execute(f"CREATE DATABASE {_OTHER} TEMPLATE template0")
        yield Restored(cluster)
        await connection.execute(f"DROP DATABASE {_OTHER} WITH (FORCE)")


def _reported_done(history: History) -> set[str]:
    return {operation.mark for operation in history.operations if operation.outcome == "ok"}


async def test_a_backup_under_load_is_one_moment(
    cluster: Cluster, history: History, restored: Restored, tmp_path: Path
) -> None:
    clients = [cluster.client("first"), cluster.client("second")]
    file = str(tmp_path / "backup.tar")
    async with writing(history, clients, count=6):
        await eventually(lambda: _has(history, 50), within=30)
        before = _reported_done(history)
        await restored.succeed(restored.own, "backup", file)
        more = len(history.operations) + 20
        await eventually(lambda: _has(history, more), within=30)
    for client in clients:
        await client.close()
    assert set(history.statuses()) <= {"201", "503"}
    await restored.succeed(restored.other, "restore", file)
    found = await restored.identifiers(history)
    assert before <= found <= {operation.mark for operation in history.operations}
    assert _reported_done(history) - found
    assert await restored.fetchval(_TORN, history.prefix) == 0


async def _has(history: History, count: int) -> bool:
    return len(history.operations) >= count


async def test_a_restore_killed_at_any_time(
    cluster: Cluster, history: History, restored: Restored, tmp_path: Path, chance: random.Random
) -> None:
    client: Client = cluster.client("first")
    file, late = str(tmp_path / "backup.tar"), str(tmp_path / "late.tar")
    for number in range(20):
        mark = f"{history.prefix}{number}"
        assert await history.attempt(mark, client.create(mark)) == "ok"
    await restored.succeed(restored.own, "backup", file)
    assert await history.attempt(f"{history.prefix}late", client.create(f"{history.prefix}late")) == "ok"
    await client.close()
    await restored.succeed(restored.own, "backup", late)
    await restored.succeed(restored.other, "restore", file)
    old = await checksums(restored.url)
    await restored.succeed(restored.other, "restore", late, "--replace", "--yes")
    new = await checksums(restored.url)
    assert old != new

    ends = set()
    for number in range(3):
        target, wanted, other = ((file, old, new), (late, new, old))[number % 2]
        process = await restored.start(restored.other, "restore", target, "--replace", "--yes")
        await _killed(process, restored, chance.uniform(0, 2 * (number + 1) / 3))
        if await restored.fetchval(_ASIDE):
            ends.add("cut off")
            status, said = await restored.run(restored.other, "restore", target)
            assert (status, "was interrupted" in said) == (1, True), said
        else:
            assert await checksums(restored.url) in (wanted, other)
            ends.add("whole")
        await restored.succeed(restored.other, "restore", target, "--replace", "--yes")
        assert await checksums(restored.url) == wanted
    assert "cut off" in ends


async def _killed(process: asyncio.subprocess.Process, restored: Restored, after: float) -> None:
    """Sends SIGKILL `after` seconds after the old data were set aside; does nothing if the process ends before."""

    async def began() -> bool:
        return process.returncode is not None or bool(await restored.fetchval(_ASIDE))

    async def is_over() -> bool:
        return await restored.fetchval(_SESSIONS) == 0

    await eventually(began, within=30)
    try:
        async with asyncio.timeout(after):
            await process.communicate()
    except TimeoutError:
        process.kill()
        await process.communicate()
    await eventually(is_over, within=30)
