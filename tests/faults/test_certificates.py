"""Each expert has one certificate of membership, in the state of the expert, though facts come in any order, twice, and
every worker is killed."""

import asyncio
import random
from collections.abc import AsyncIterator

import asyncpg
import pytest

from deploy.local.child import Stage
from tests.faults.clients import eventually
from tests.faults.cluster import Cluster
from tests.faults.processes import Process

_PEOPLE = 150
_BOUND = 60.0
_FACTS = ("activated", "renewed", "suspended", "reinstated", "updated", "restriction_lifted")
_EXPERTS = """
INSERT INTO member_expert SELECT (jsonb_populate_record(e, jsonb_build_object('id', uuidv7(), 'ref', 'EXP-C' || n,
    'status', 'active', 'term_starts', current_date - 10, 'term_ends', current_date + 1000))).*
FROM member_expert e, generate_series(1, $2) n WHERE e.id = $1
"""
_ANNOUNCE = """
INSERT INTO core_outbox (fact, type, time, subject, ref, version, country, visibility, link, bulk)
SELECT uuidv7(), 'escm.membership.expert.' || f || '.v1', now(), e.id, e.ref, 1, 'XA', 'restricted', '/', false
FROM member_expert e, unnest($1::text[]) f WHERE e.ref LIKE 'EXP-C%' ORDER BY random()
"""
_CONSUMERS = """
INSERT INTO core_consumer (service, bulk, position)
SELECT 'membership', bulk, coalesce((SELECT position FROM core_lease WHERE name = 'relay'), 0)
FROM unnest(ARRAY[false, true]) bulk ON CONFLICT (service, bulk) DO UPDATE SET position = excluded.position
"""
_BECOME = "UPDATE member_expert SET status = $1 WHERE ref LIKE 'EXP-C%'"
_IN_STATE = """
SELECT count(DISTINCT c.expert_id) FROM member_certificate c JOIN member_expert e ON e.id = c.expert_id
WHERE e.ref LIKE 'EXP-C%' AND c.status = $1
"""
_ALL = """
SELECT count(*), count(DISTINCT c.expert_id) FROM member_certificate c JOIN member_expert e ON e.id = c.expert_id
WHERE e.ref LIKE 'EXP-C%'
"""
_CLEAN = """
DELETE FROM member_certificate WHERE expert_id IN (SELECT id FROM member_expert WHERE ref LIKE 'EXP-C%');
DELETE FROM member_expert WHERE ref LIKE 'EXP-C%';
DELETE FROM core_subscription; DELETE FROM core_consumer; DELETE FROM core_batch
"""


class Office:
    """Workers that react, with a relay of short leases."""

    def __init__(self, cluster: Cluster, connection: asyncpg.Connection) -> None:
        self.connection = connection
        self.workers = [cluster.worker(f"certify{number}", "tests.faults.certifying") for number in range(4)]
        self.relay = cluster.worker("certifying-relay", "tests.faults.working", "relay", stage=Stage.RELAY)

    @property
    def processes(self) -> list[Process]:
        return [*self.workers, self.relay]

    async def become(self, status: str, expected: str, chance: random.Random) -> None:
        """Takes all experts into a state, announces facts in any order and twice, and kills workers meanwhile."""
        await self.connection.execute(_BECOME, status)
        facts = [*chance.sample(_FACTS, 3), chance.choice(("activated", "suspended", "reinstated"))]
        await self.connection.execute(_ANNOUNCE, [*facts, *facts])
        for _ in range(3):
            struck = chance.sample(self.workers, 2)
            for worker in struck:
                worker.kill()
            await asyncio.gather(*(worker.start() for worker in struck))
            await asyncio.sleep(chance.uniform(0, 0.2))

        async def is_followed() -> bool:
            return bool(await self.connection.fetchval(_IN_STATE, expected) == _PEOPLE)

        await eventually(is_followed, within=_BOUND)
        assert tuple(await self.connection.fetchrow(_ALL)) == (_PEOPLE, _PEOPLE)


@pytest.fixture
async def office(cluster: Cluster) -> AsyncIterator[Office]:
    await cluster.relay.stop()
    client = cluster.client()
    made = await client.create("certified")
    assert made.status_code == 201, made.text
    await client.close()
    async with cluster.superuser() as connection:
        await connection.execute(_CLEAN)
        await connection.execute(_EXPERTS, made.json()["id"], _PEOPLE)
        await connection.execute(_CONSUMERS)
        office = Office(cluster, connection)
        try:
            yield office
        finally:
            for process in office.processes:
                cluster.discard(process)
            await connection.execute(_CLEAN)


async def test_each_expert_has_one_certificate_whatever_is_killed(office: Office, chance: random.Random) -> None:
    await asyncio.gather(*(process.start() for process in office.processes))
    for status, expected in (
        ("active", "issued"),
        ("suspended", "suspended"),
        ("active", "issued"),
        ("resigned", "revoked"),
    ):
        await office.become(status, expected, chance)
