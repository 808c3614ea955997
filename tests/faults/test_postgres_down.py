"""Promise 14: without Postgres a 503 problem within three seconds; afterwards everything works without a restart."""

import asyncio
from inspect import signature

import pytest

from shared.database.pool import Database
from tests.faults.clients import EXPERTS, Client
from tests.faults.cluster import Cluster
from tests.faults.history import History
from tests.faults.problems import assert_problem
from tests.support.waiting import eventually


async def _all_refused(client: Client, history: History, identifiers: range) -> None:
    """More parallel reads and writes than there are connections. None waits for its timeout."""
    requests = [client.create(f"{history.prefix}{n}", key=f"{history.prefix}{n}") for n in identifiers]
    requests += [client.get(EXPERTS, limit=5) for _ in identifiers]
    requests += [client.get("/membership/v1/readyz")]
    responses = await asyncio.gather(*requests)
    for response in responses:
        assert response.status_code == 503, response.text
        assert_problem(response)
    for number, response in zip(identifiers, responses, strict=False):
        history.note(f"{history.prefix}{number}", response)
    assert (await client.get("/membership/v1/livez")).status_code == 200


def test_nobody_waits_longer_than_three_seconds_for_a_connection() -> None:
    assert signature(Database.open).parameters["patience"].default <= 3


async def _works(client: Client) -> bool:
    responses = [await client.get(EXPERTS, limit=1), await client.get("/membership/v1/readyz")]
    return all(response.status_code == 200 for response in responses)


async def _retried(client: Client, history: History, identifiers: range) -> None:
    """Repeats every failed attempt under its key, successfully."""
    for number in identifiers:
        mark = f"{history.prefix}{number}"
        assert await history.attempt(mark, client.create(mark, key=mark)) == "ok"


@pytest.fixture
async def client(cluster: Cluster):
    client = cluster.client("first", timeout=20)
    assert await _works(client)
    await asyncio.gather(*(client.get(EXPERTS, limit=1) for _ in range(16)))
    yield client
    await client.close()


async def test_postgres_killed(cluster: Cluster, history: History, client: Client):
    pid = cluster.first.pid
    cluster.postgres.kill()
    await _all_refused(client, history, range(12))
    await cluster.postgres.start()
    await eventually(lambda: _works(client), within=5)
    await _retried(client, history, range(12))
    assert cluster.first.pid == pid
    assert cluster.first.is_running
    async with cluster.superuser() as connection:
        assert await history.faults(connection) == []


@pytest.mark.parametrize("fault", ["swallow", "refuse"])
async def test_postgres_out_of_reach(cluster: Cluster, history: History, client: Client, fault: str):
    pid = cluster.first.pid
    if fault == "swallow":
        cluster.proxy.swallow()
    else:
        await cluster.proxy.refuse()
    for round_ in range(2):
        await _all_refused(client, history, range(round_ * 12, round_ * 12 + 12))
    await cluster.proxy.heal()
    await eventually(lambda: _works(client), within=5)
    await _retried(client, history, range(24))
    assert cluster.first.pid == pid
    assert cluster.first.is_running
    async with cluster.superuser() as connection:
        assert await history.faults(connection) == []


async def test_a_slow_network_is_no_failure(cluster: Cluster, history: History, client: Client):
    cluster.proxy.latency = 0.1
    mark = f"{history.prefix}slow"
    assert await history.attempt(mark, client.create(mark, key=mark)) == "ok"
    assert (await client.get(EXPERTS, limit=1)).status_code == 200


async def test_a_statement_that_takes_long_is_left_alone(cluster: Cluster, history: History, client: Client):
    mark = f"{history.prefix}patient"
    async with cluster.superuser() as connection, connection.transaction():
        await connection.execute("LOCK TABLE member_expert IN SHARE MODE")
        writing = asyncio.create_task(history.attempt(mark, client.create(mark, key=mark)))
        await asyncio.sleep(3.5)
        assert not writing.done()
    assert await writing == "ok"
