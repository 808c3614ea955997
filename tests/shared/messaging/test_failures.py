"""A failure is retried, and given up with its error; a worker without its lease cannot commit; a stop costs no
attempt."""

import asyncio
import random
import signal
import subprocess
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from shared.contracts.envelope import Fact
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import UnitOfWork, unit_of_work
from shared.messaging import jobs
from shared.messaging.outbox import defer
from shared.messaging.relay import Relay
from shared.messaging.worker import Worker
from tests.shared.messaging.conftest import TYPE, MessagingSettings
from tests.support.waiting import eventually
from tests.support.workers import at_work

Announce = Callable[..., Awaitable[list[Fact]]]
Effects = Callable[[], Awaitable[list[Any]]]
Spawn = Callable[..., subprocess.Popen[bytes]]


def quick_relay(settings: MessagingSettings) -> Relay:
    return Relay(settings, grace=0.2, attempts=3, backoff=0.05, poll=0.25)


async def note(uow: UnitOfWork, facts: Sequence[Fact]) -> None:
    for fact in facts:
        await uow.connection.execute("INSERT INTO effect (fact) VALUES ($1)", fact.id)


@pytest.mark.long("waits for all attempts")
async def test_a_poison_fact_ends_dead_and_the_others_go_on(
    settings: MessagingSettings,
    database: Database,
    announce_facts: Announce,
    effects: Effects,
    admin: asyncpg.Connection,
) -> None:
    is_mended = False
    poison: set[Any] = set()

    async def react(uow: UnitOfWork, facts: Sequence[Fact]) -> None:
        await note(uow, facts)
        if not is_mended and any(fact.id in poison for fact in facts):
            raise ValueError("ada@example.org is not welcome")

    async with at_work(quick_relay(settings), Worker("membership", settings, {TYPE: react})):
        facts = await announce_facts(50)
        poison.add(facts[20].id)
        (letter,) = await eventually(lambda: jobs.dead(admin))
        assert (letter.kind, letter.service, letter.name) == ("fact", "membership", TYPE)
        assert (letter.subject, letter.attempts) == (facts[20].subject, 3)
        assert "ValueError" in letter.error
        assert "test_failures.py" in letter.error
        assert "ada" not in letter.error
        await eventually(lambda: _count(effects, len(facts) - 1))
        assert sorted(await effects()) == sorted(each.id for each in facts if each.id not in poison)

        is_mended = True
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            assert await jobs.replay(uow, letter.id)
            assert not await jobs.replay(uow, facts[0].id)
        await eventually(lambda: _count(effects, 50))
    assert await jobs.dead(admin) == []


@pytest.mark.long("kills processes")
async def test_a_fact_that_kills_its_worker_ends_dead(
    settings: MessagingSettings, announce_facts: Announce, effects: Effects, spawn: Spawn, admin: asyncpg.Connection
) -> None:
    async with at_work(quick_relay(settings)):
        await announce_facts()
        letter = await _until_dead(admin, lambda: spawn("worker", "die"))
        assert (letter.attempts, letter.error) == (3, "lease ran out")
    assert await effects() == []


@pytest.mark.long("kills processes")
async def test_a_job_that_kills_its_worker_ends_failed_and_can_be_replayed(
    settings: MessagingSettings, database: Database, spawn: Spawn, admin: asyncpg.Connection
) -> None:
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        job = defer(uow, "membership", "die", {}, created_by="system")
    async with at_work(quick_relay(settings)):
        letter = await _until_dead(admin, lambda: spawn("worker", "note"))
        assert (letter.id, letter.kind, letter.name, letter.attempts) == (job, "job", "die", 3)
    row = await jobs.get(admin, job)
    assert row is not None
    assert row["problem"] is not None
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        assert await jobs.replay(uow, job)
    row = await jobs.get(admin, job)
    assert row is not None
    assert (row["status"], row["attempts"], row["problem"]) == ("queued", 0, None)


@pytest.mark.long("kills processes")
async def test_effects_happen_once_while_workers_are_killed(
    settings: MessagingSettings, announce_facts: Announce, effects: Effects, spawn: Spawn
) -> None:
    chance = random.Random(7)
    facts: list[Fact] = []
    workers = [spawn("worker", "note") for _ in range(2)]
    async with at_work(quick_relay(settings)):
        for _ in range(6):
            facts += await announce_facts(300)
            await asyncio.sleep(0.2 + chance.random() * 0.3)
            workers.pop(0).kill()
            workers.append(spawn("worker", "note"))
        await eventually(lambda: _count(effects, len(facts)))
        await asyncio.sleep(0.2)
    assert sorted(await effects()) == sorted(each.id for each in facts)


@pytest.mark.long("waits for a lease")
async def test_a_stalled_worker_cannot_commit_after_its_lease(
    settings: MessagingSettings, announce_facts: Announce, spawn: Spawn, admin: asyncpg.Connection
) -> None:
    stalled = spawn("worker", "stall")
    async with at_work(quick_relay(settings)):
        await announce_facts(3)
        await eventually(lambda: asyncio.to_thread(_is_stopped, stalled))
        other = spawn("worker", "note")
        await eventually(lambda: admin.fetchval("SELECT count(*) = 3 FROM effect"))
        stalled.send_signal(signal.SIGCONT)
        await asyncio.sleep(0.5)
        assert not _is_stopped(stalled)
        notes = [row["note"] for row in await admin.fetch("SELECT note FROM effect")]
    assert notes == [str(other.pid)] * 3


@pytest.mark.long("kills and stops processes")
async def test_a_stop_gives_back_and_costs_no_attempt(
    settings: MessagingSettings, database: Database, spawn: Spawn, admin: asyncpg.Connection
) -> None:
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        job = defer(uow, "membership", "long", {"seconds": 2}, created_by="system")
    async with at_work(quick_relay(settings)):
        for turn in (1, 2):
            worker = spawn("worker", "note")
            await eventually(lambda turn=turn: admin.fetchval("SELECT count(*) = $1 FROM effect", turn))
            worker.terminate()
            assert await asyncio.to_thread(worker.wait, 5) == 0
            row = await jobs.get(admin, job)
            assert row is not None
            assert (row["status"], row["attempts"]) == ("queued", 0)
        spawn("worker", "note")
        await eventually(lambda: admin.fetchval("SELECT status = 'succeeded' FROM core_job"))
    assert await admin.fetchval("SELECT count(*) FROM effect WHERE note = 'ended'") == 1
    assert await admin.fetchval("SELECT attempts FROM core_job") == 1


@pytest.mark.long("cuts connections and waits for new ones")
async def test_losing_postgres_costs_no_attempt(
    settings: MessagingSettings, announce_facts: Announce, effects: Effects, admin: asyncpg.Connection
) -> None:
    is_first = True

    async def react(uow: UnitOfWork, facts: Sequence[Fact]) -> None:
        nonlocal is_first
        if is_first:
            is_first = False
            await _cut_all(settings.database_url)
        await note(uow, facts)

    async with at_work(quick_relay(settings), Worker("membership", settings, {TYPE: react})):
        (announced,) = await announce_facts()
        await eventually(lambda: _count(effects, 1))
    assert not is_first
    assert await effects() == [announced.id]
    assert await admin.fetchval("SELECT attempts FROM core_batch") == 1


async def _cut_all(url: str) -> None:
    """Ends every connection of a service to this database."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE usename ~ '^escm_' AND datname = current_database()"
        )
    finally:
        await connection.close()


async def _until_dead(admin: asyncpg.Connection, start: Callable[[], subprocess.Popen[bytes]]) -> jobs.DeadLetter:
    worker = start()

    async def look() -> list[jobs.DeadLetter]:
        nonlocal worker
        if worker.poll() is not None:
            assert worker.returncode == -signal.SIGKILL
            worker = start()
        return await jobs.dead(admin)

    (letter,) = await eventually(look)
    return letter


async def _count(effects: Effects, wanted: int) -> bool:
    return len(await effects()) == wanted


def _is_stopped(process: subprocess.Popen[bytes]) -> bool:
    return Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "T"
