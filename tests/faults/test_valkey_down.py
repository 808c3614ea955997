"""Promise 13: without Valkey reads and writes continue, and facts arrive later."""

import asyncio

import pytest

from tests.faults.clients import EXPERTS
from tests.faults.cluster import Cluster
from tests.faults.history import History
from tests.faults.load import writing
from tests.support.waiting import eventually

_AWAY = 10.0


@pytest.mark.parametrize("fault", ["killed", "stalled"])
async def test_valkey_away_under_load(cluster: Cluster, history: History, fault: str):
    clients = [cluster.client("first"), cluster.client("second")]
    async with writing(history, clients, pause=0.05):
        await asyncio.sleep(0.5)
        cluster.valkey.kill() if fault == "killed" else cluster.valkey.pause()
        reads = []
        for _ in range(int(_AWAY if fault == "killed" else _AWAY / 3)):
            await asyncio.sleep(1)
            reads.append((await clients[0].get(EXPERTS, limit=3)).status_code)
            reads.append((await clients[1].get("/membership/v1/readyz")).status_code)
        await cluster.valkey.ensure()
        await asyncio.sleep(0.5)
    assert set(reads) == {200}
    assert set(history.statuses()) == {"201"}, history.statuses()
    assert len(history.operations) > 50
    async with cluster.superuser() as connection:
        assert await history.faults(connection) == []
        await eventually(lambda: _has_all(history, connection), within=10)
    for client in clients:
        await client.close()


async def _has_all(history: History, connection) -> bool:
    return await history.waiting(connection) == 0
