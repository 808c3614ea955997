"""Promises 4 and 6: a fact exists if and only if its transaction committed; its effect happens once."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable

import asyncpg
import pytest

from deploy.local.child import Stage
from tests.faults.clients import Client
from tests.faults.cluster import Cluster
from tests.faults.history import History
from tests.faults.processes import Process
from tests.faults.reacting import CONSUMER
from tests.support.waiting import eventually

_NOTHING_UNDER_WAY = """
SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name = 'escm-membership' AND xact_start < now()
"""
_ALL_ASSIGNED = """
SELECT NOT EXISTS (SELECT FROM core_outbox) AND NOT EXISTS (
    SELECT FROM core_consumer c JOIN core_lease l ON l.name = 'relay' WHERE c.service = $1 AND c.position < l.position)
"""
"""Whether the facts of earlier tests have been assigned to their consumers."""
_PROGRAM = "tests.faults.reacting"


@pytest.fixture
async def connection(cluster: Cluster) -> AsyncIterator[asyncpg.Connection]:
    """The superuser's connection, with an empty table of effects that the consumer may write."""
    async with cluster.superuser() as connection:
        await connection.execute(
            "CREATE TABLE faults_effect (fact uuid, worker integer, at timestamptz DEFAULT clock_timestamp());"
            f"GRANT INSERT ON faults_effect TO escm_{CONSUMER}"
        )
        yield connection
        await connection.execute("DROP TABLE faults_effect")


@pytest.fixture
async def spawn(cluster: Cluster, connection: asyncpg.Connection) -> AsyncIterator[Callable[..., Process]]:
    """Makes workers of the consumer, with a relay with short leases; stops all at the end."""
    await cluster.relay.stop()
    started: list[Process] = []

    def spawn(name: str, *arguments: str, stage: Stage = Stage.WORKERS) -> Process:
        started.append(cluster.worker(name, _PROGRAM, *arguments, stage=stage))
        return started[-1]

    await spawn("quick-relay", "relay", stage=Stage.RELAY).start()
    await eventually(lambda: connection.fetchval(_ALL_ASSIGNED, CONSUMER))
    await connection.execute("DELETE FROM core_batch WHERE service = $1", CONSUMER)
    yield spawn
    for process in started:
        cluster.discard(process)


@pytest.fixture
async def client(cluster: Cluster) -> AsyncIterator[Client]:
    client = cluster.client("second")
    yield client
    await client.close()


async def _is_in_the_feed(connection: asyncpg.Connection, history: History) -> bool:
    return await history.waiting(connection) == 0


async def _effects(connection: asyncpg.Connection, history: History) -> list[int]:
    """How many effects each of the history's facts has had."""
    rows = await connection.fetch(
        "SELECT (SELECT count(*) FROM faults_effect x WHERE x.fact = f.fact) AS n FROM core_fact f"
        " JOIN member_expert e ON e.id = f.subject WHERE e.display_name LIKE '%' || $1 || '%'",
        history.prefix,
    )
    return [row["n"] for row in rows]


async def _each_once(connection: asyncpg.Connection, history: History, count: int) -> bool:
    found = await _effects(connection, history)
    assert not [n for n in found if n > 1]
    return found == [1] * count


async def _entered(client: Client, history: History, count: int) -> None:
    for number in range(count):
        mark = f"{history.prefix}{number}"
        assert await history.attempt(mark, client.create(mark, key=mark)) == "ok"


async def test_an_api_killed_after_the_commit_and_before_the_notice(cluster: Cluster, history: History):
    mark, client = f"{history.prefix}one", cluster.client("first")
    cluster.proxy.cut_commit("after", then=cluster.first.kill)
    assert await history.attempt(mark, client.create(mark, key=mark)) == "unknown"
    await client.close()
    async with cluster.superuser() as connection:
        assert await connection.fetchval("SELECT count(*) FROM member_expert WHERE display_name ~ $1", mark) == 1
        await eventually(lambda: _is_in_the_feed(connection, history), within=5)
        assert await history.faults(connection) == []


async def test_an_api_killed_before_the_commit_leaves_neither_effect_nor_fact(cluster: Cluster, history: History):
    mark, client = f"{history.prefix}one", cluster.client("first")
    async with cluster.superuser() as connection:
        facts = "SELECT (SELECT count(*) FROM core_fact) + (SELECT count(*) FROM core_outbox)"
        before = await connection.fetchval(facts)
        cluster.proxy.cut_commit("before", then=cluster.first.kill)
        assert await history.attempt(mark, client.create(mark, key=mark)) == "unknown"
        await client.close()
        await eventually(lambda: connection.fetchval(_NOTHING_UNDER_WAY), within=5)
        assert await connection.fetchval("SELECT count(*) FROM member_expert WHERE display_name ~ $1", mark) == 0
        assert await connection.fetchval(facts) == before
        assert await history.faults(connection) == []


async def test_a_worker_killed_after_the_effect(history: History, client: Client, connection, spawn):
    dying = spawn("dying", "worker", "die")
    await dying.start()
    await _entered(client, history, 1)
    await eventually(lambda: _is_dead(dying), within=10)
    assert await _effects(connection, history) in ([], [0])
    await spawn("living", "worker", "note").start()
    await eventually(lambda: _each_once(connection, history, 1), within=15)


async def _is_dead(process: Process) -> bool:
    return not process.is_running


async def test_a_stalled_worker_woken_after_its_lease(history: History, client: Client, connection, spawn):
    stalled = spawn("stalled", "worker", "stall")
    await stalled.start()
    await _entered(client, history, 1)
    await eventually(lambda: _is_stopped(stalled), within=10)
    assert await _holds(connection, stalled)
    living = spawn("living", "worker", "note")
    await living.start()
    await eventually(lambda: _holds_nothing(connection, stalled), within=15)
    stalled.resume()
    await eventually(lambda: _each_once(connection, history, 1), within=15)
    await stalled.stop()
    assert await _effects(connection, history) == [1]
    assert await connection.fetchval("SELECT worker FROM faults_effect") == living.pid


async def _is_stopped(process: Process) -> bool:
    return process.state == "T"


async def _holds(connection: asyncpg.Connection, worker: Process) -> bool:
    """Whether the worker still holds a batch."""
    held = (
        "SELECT count(*) > 0 FROM core_batch WHERE service = $1 AND status = 'running' AND lease_holder LIKE '%:' || $2"
    )
    return bool(await connection.fetchval(held, CONSUMER, str(worker.pid)))


async def _holds_nothing(connection: asyncpg.Connection, worker: Process) -> bool:
    return not await _holds(connection, worker)


async def test_workers_killed_and_stalled_at_random(
    history: History, client: Client, connection, spawn, chance: random.Random
):
    workers = [spawn(f"worker{n}", "worker", "wait") for n in range(3)]
    for worker in workers:
        await worker.start()
    for number in range(6):
        await _entered(client, History(f"{history.prefix}{number}-"), 10)
        worker = chance.choice(workers)
        if chance.random() < 0.5:
            worker.kill()
            await worker.start()
        else:
            worker.pause()
            await eventually(lambda: _is_stopped(worker), within=2)  # noqa: B023 - awaited at once
            await asyncio.sleep(1.5)
            worker.resume()
    await eventually(lambda: _each_once(connection, history, 60), within=30)
