"""Each expert and each centre has one certificate, in the state of its holder, though facts come in any order, twice,
and every worker is killed."""

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import asyncpg
import pytest

from deploy.local.child import Stage
from tests.faults.cluster import Cluster
from tests.faults.processes import Process
from tests.support.waiting import eventually

_HOLDERS = 150
_BOUND = 60.0
_CONSUMERS = """
INSERT INTO core_consumer (service, bulk, position)
SELECT 'membership', bulk, coalesce((SELECT position FROM core_lease WHERE name = 'relay'), 0)
FROM unnest(ARRAY[false, true]) bulk ON CONFLICT (service, bulk) DO UPDATE SET position = excluded.position
"""
_ENTER_EXPERTS = """
INSERT INTO member_expert SELECT (jsonb_populate_record(e, jsonb_build_object('id', uuidv7(), 'ref', 'EXP-C' || n,
    'status', 'active', 'term_starts', current_date - 10, 'term_ends', current_date + 1000))).*
FROM member_expert e, generate_series(1, $2) n WHERE e.id = $1
"""
_ENTER_CENTRES = """
INSERT INTO centre_centre (id, ref, version, status, country, visibility, created_at, created_by, updated_at,
    updated_by, names, search_key, themes, host_institution_id, registration_number, registration_serial, designated_on,
    term_number, term_starts, term_ends)
SELECT uuidv7(), 'CTR-C' || n, 1, 'active', 'XA', 'restricted', now(), 'test', now(), 'test',
    '{"en": "Centre of soil"}', '', '{}', $1, 'ESNRC-XA-C' || n, 1000 + n, current_date - 10, 1, current_date - 10,
    current_date + 1000
FROM generate_series(1, $2) n
"""


@dataclass(frozen=True)
class Kind:
    """A kind of holder: its table, the column of a certificate that names it, its facts, the states through which it
    goes with the states of its certificates, and the statement that enters such holders."""

    service: str
    entity: str
    table: str
    column: str
    prefix: str
    enter: str
    facts: tuple[str, ...]
    moving: tuple[str, ...]
    life: tuple[tuple[str, str], ...]

    @property
    def joined(self) -> str:
        """The certificates of the entered holders."""
        return (
            f"FROM member_certificate c JOIN {self.table} h ON h.id = c.{self.column} WHERE h.ref LIKE '{self.prefix}%'"
        )

    @property
    def chosen(self) -> str:
        """The entered holders."""
        return f"FROM {self.table} WHERE ref LIKE '{self.prefix}%'"

    @property
    def clean(self) -> str:
        """Deletes the entered holders with their certificates, and what the test's workers have subscribed to."""
        return (
            f"DELETE FROM member_certificate WHERE {self.column} IN (SELECT id {self.chosen}); DELETE {self.chosen};"
            " DELETE FROM core_subscription; DELETE FROM core_consumer; DELETE FROM core_batch"
        )


EXPERTS = Kind(
    "membership", "expert", "member_expert", "expert_id", "EXP-C", _ENTER_EXPERTS,
    ("activated", "renewed", "suspended", "reinstated", "updated", "restriction_lifted"),
    ("activated", "suspended", "reinstated"),
    (("active", "issued"), ("suspended", "suspended"), ("active", "issued"), ("resigned", "revoked")),
)  # fmt: skip
CENTRES = Kind(
    "centres", "centre", "centre_centre", "centre_id", "CTR-C", _ENTER_CENTRES,
    ("designated", "renewed", "suspended", "reinstated", "expired", "closed", "renamed", "host_changed", "updated"),
    ("designated", "suspended", "reinstated"),
    (("active", "issued"), ("suspended", "suspended"), ("renewal_due", "issued"), ("expired", "expired")),
)  # fmt: skip


class Office:
    """Workers that react, with a relay of short leases."""

    def __init__(self, cluster: Cluster, connection: asyncpg.Connection, kind: Kind) -> None:
        self.connection, self.kind = connection, kind
        self.workers = [cluster.worker(f"certify{number}", "tests.faults.certifying") for number in range(4)]
        self.relay = cluster.worker("certifying-relay", "tests.faults.working", "relay", "patient", stage=Stage.RELAY)

    @property
    def processes(self) -> list[Process]:
        return [*self.workers, self.relay]

    async def become(self, status: str, expected: str, chance: random.Random) -> None:
        """Takes all holders into a state, announces facts in any order and twice, and kills workers meanwhile."""
        kind = self.kind
        await self.connection.execute(f"UPDATE {kind.table} SET status = $1 WHERE ref LIKE '{kind.prefix}%'", status)
        facts = [*chance.sample(kind.facts, 3), chance.choice(kind.moving)]
        await self._announce([*facts, *facts])
        for _ in range(3):
            struck = chance.sample(self.workers, 2)
            for worker in struck:
                worker.kill()
            await asyncio.gather(*(worker.start() for worker in struck))
            await asyncio.sleep(chance.uniform(0, 0.2))

        async def is_followed() -> bool:
            in_state = f"SELECT count(DISTINCT h.id) {kind.joined} AND c.status = $1"
            return bool(await self.connection.fetchval(in_state, expected) == _HOLDERS)

        await eventually(is_followed, within=_BOUND)
        counted = await self.connection.fetchrow(f"SELECT count(*), count(DISTINCT h.id) {kind.joined}")
        assert tuple(counted) == (_HOLDERS, _HOLDERS)

    async def _announce(self, facts: list[str]) -> None:
        await self.connection.execute(
            f"""
INSERT INTO core_outbox (fact, type, time, subject, ref, version, country, visibility, link, bulk)
SELECT uuidv7(), 'escm.{self.kind.service}.{self.kind.entity}.' || f || '.v1', now(), h.id, h.ref, 1, 'XA',
    'restricted', '/', false
FROM {self.kind.table} h, unnest($1::text[]) f WHERE h.ref LIKE '{self.kind.prefix}%' ORDER BY random()
""",
            facts,
        )


@pytest.fixture(params=[EXPERTS, CENTRES], ids=lambda kind: kind.entity)
async def office(request: pytest.FixtureRequest, cluster: Cluster) -> AsyncIterator[Office]:
    kind: Kind = request.param
    await cluster.relay.stop()
    async with cluster.superuser() as connection:
        await connection.execute(kind.clean)
        await connection.execute(kind.enter, await _origin(cluster, kind), _HOLDERS)
        await connection.execute(_CONSUMERS)
        office = Office(cluster, connection, kind)
        try:
            yield office
        finally:
            for process in office.processes:
                cluster.discard(process)
            await connection.execute(kind.clean)


async def _origin(cluster: Cluster, kind: Kind) -> UUID:
    """The expert that is copied, or the institution that hosts the centres."""
    if kind is CENTRES:
        return uuid4()
    client = cluster.client()
    made = await client.create("certified")
    assert made.status_code == 201, made.text
    await client.close()
    return UUID(made.json()["id"])


async def test_each_holder_has_one_certificate_whatever_is_killed(office: Office, chance: random.Random) -> None:
    await asyncio.gather(*(process.start() for process in office.processes))
    for status, expected in office.kind.life:
        await office.become(status, expected, chance)
