"""Promise 38 under faults: every change is linked once, whatever happens to the relays, and the trail verifies."""

import asyncio
import random
from pathlib import Path

import asyncpg

from deploy.local.child import Stage
from tests.faults.cluster import Cluster
from tests.faults.history import History
from tests.faults.load import writing
from tests.support.waiting import eventually

_UNLINKED = """
SELECT count(*) FROM core_audit a WHERE NOT EXISTS (SELECT FROM core_audit_link l WHERE l.entry = a.id)
"""
_TWICE = "SELECT count(*) - count(DISTINCT entry) FROM core_audit_link"


async def test_relays_that_are_killed_leave_no_change_unlinked(
    cluster: Cluster, history: History, chance: random.Random, tmp_path: Path
) -> None:
    spare = cluster.worker("spare-relay", "deploy.cli", "relay", stage=Stage.RELAY)
    await spare.start()
    clients = [cluster.client("first"), cluster.client("second")]
    async with writing(history, clients, count=4):
        for number in range(6):
            relay = (cluster.relay, spare)[number % 2]
            await asyncio.sleep(chance.uniform(0.2, 1.0))
            if chance.random() < 0.5:
                relay.pause()
                await asyncio.sleep(chance.uniform(0.1, 0.5))
            relay.kill()
            await relay.ensure()
    for client in clients:
        await client.close()
    async with cluster.superuser() as connection:
        await eventually(lambda: _is_linked(connection, history), within=30)
        assert await connection.fetchval(_TWICE) == 0
    cluster.discard(spare)
    await cluster.verify_audit_trail(tmp_path)


async def _is_linked(connection: asyncpg.Connection, history: History) -> bool:
    return await history.waiting(connection) == 0 and await connection.fetchval(_UNLINKED) == 0
