"""Promise 1: a 2xx to a write means that it is committed, whatever process is killed."""

import asyncio
import random

from tests.faults.cluster import Cluster
from tests.faults.history import History
from tests.faults.load import writing
from tests.support.waiting import eventually

_STRIKES = 14


async def test_writes_while_everything_is_killed_at_random(cluster: Cluster, history: History, chance: random.Random):
    clients = [cluster.client("first"), cluster.client("second")]
    async with writing(history, clients, count=6, pause=0.03, retry=True):
        await asyncio.sleep(0.5)
        for _ in range(_STRIKES):
            await _strike(cluster, chance)
            await asyncio.sleep(chance.uniform(0.1, 0.6))
        await cluster.heal()
        await asyncio.sleep(1)
    statuses = history.statuses()
    assert statuses["201"] > 100, statuses
    assert sum(operation.outcome == "unknown" for operation in history.operations) > 0, statuses
    assert not {word for word in statuses if word.startswith(("4", "5"))} - {"409", "503"}, statuses
    async with cluster.superuser() as connection:
        await eventually(lambda: _is_reported(history, connection), within=15)
        assert await history.faults(connection) == []
    for client in clients:
        await client.close()


async def _is_reported(history: History, connection) -> bool:
    return await history.waiting(connection) == 0


async def _strike(cluster: Cluster, chance: random.Random) -> None:
    """Causes one fault in one part, and reverts it after a moment."""
    victim = chance.choice([cluster.first, cluster.second, cluster.relay, cluster.valkey, cluster.postgres])
    write = chance.choice(["kill", "kill", "pause", "stop", "cut before", "cut after", "reset"])
    moment = chance.uniform(0, 0.4)
    if write == "kill":
        victim.kill()
        await asyncio.sleep(moment)
        await victim.start()
    elif write == "pause":
        victim.pause()
        await asyncio.sleep(moment)
        victim.resume()
    elif write == "stop":
        await victim.stop()
        await victim.start()
    elif write == "reset":
        cluster.proxy.reset()
    else:
        cluster.proxy.cut_commit("before" if write == "cut before" else "after")
        await asyncio.sleep(moment)
