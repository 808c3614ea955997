"""Nobody gets a broadcast twice and every recipient has one outcome, though the workers are killed while they send."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest

from deploy.local.child import Stage
from tests.faults.cluster import Cluster
from tests.faults.processes import Process
from tests.support.mailbox import Mailbox
from tests.support.waiting import eventually

_PEOPLE = 150
_BOUND = 120.0
_TAKES = 0.02
"""How many seconds the mail server takes for a mail."""
_EXPERTS = """
INSERT INTO member_expert SELECT (jsonb_populate_record(e, jsonb_build_object('id', uuidv7(), 'ref', 'EXP-sent' || n,
    'status', 'active', 'emails', jsonb_build_array(jsonb_build_object('value', 'sent' || n || '@example.org')),
    'search_key', ' sentkey '))).*
FROM member_expert e, generate_series(1, $2) n WHERE e.id = $1
"""
_BROADCAST = """
INSERT INTO member_broadcast (id, version, status, visibility, created_at, created_by, updated_at, updated_by, subjects,
    texts, segment, purpose, per_minute, authors)
VALUES (uuidv7(), 1, 'sending', 'restricted', now(), 'test', now(), 'test', '{"en": "News"}', '{"en": "In May."}',
    '{"q": "sentkey"}', 'service', 600, '{}') RETURNING id
"""
_OUTCOMES = """
SELECT outcome, count(*) FROM member_broadcast_recipient WHERE broadcast_id = $1 GROUP BY outcome
"""
_CLOSE = """
DELETE FROM member_broadcast_recipient; DELETE FROM member_broadcast;
DELETE FROM member_expert WHERE ref LIKE 'EXP-sent%';
DELETE FROM core_job; DELETE FROM core_schedule; DELETE FROM core_consumer; DELETE FROM core_subscription
"""


class Sending:
    """Two workers that send, with a relay of short leases."""

    def __init__(self, cluster: Cluster, connection: asyncpg.Connection, mailbox: Mailbox) -> None:
        self.connection = connection
        self.mailbox = mailbox
        given = {"ESCM_SMTP_URL": mailbox.url}
        self.workers = [
            cluster.worker(f"broadcasting{number}", "tests.faults.broadcasting", **given) for number in range(2)
        ]
        self.relay = cluster.worker("broadcasting-relay", "tests.faults.working", "relay", "patient", stage=Stage.RELAY)

    @property
    def processes(self) -> list[Process]:
        return [*self.workers, self.relay]

    async def status_of(self, key: UUID) -> str:
        found: str = await self.connection.fetchval("SELECT status FROM member_broadcast WHERE id = $1", key)
        return found


@pytest.fixture
async def sending(cluster: Cluster, mailbox: Mailbox) -> AsyncIterator[Sending]:
    await cluster.relay.stop()
    client = cluster.client()
    made = await client.create("written to")
    assert made.status_code == 201, made.text
    await client.close()

    def take() -> None:
        time.sleep(_TAKES)

    mailbox.at_data = take
    async with cluster.superuser() as connection:
        await connection.execute(_EXPERTS, UUID(made.json()["id"]), _PEOPLE)
        sending = Sending(cluster, connection, mailbox)
        try:
            yield sending
        finally:
            for process in sending.processes:
                cluster.discard(process)
            await connection.execute(_CLOSE)


async def test_no_second_mail_though_the_workers_are_killed(sending: Sending, chance: random.Random) -> None:
    key = await sending.connection.fetchval(_BROADCAST)
    await asyncio.gather(*(process.start() for process in sending.processes))
    for share in range(1, 7):
        await eventually(lambda least=share * 20: _has(sending, least), within=_BOUND)
        await asyncio.sleep(chance.uniform(0, 0.1))
        for worker in sending.workers:
            worker.kill()
        await asyncio.gather(*(worker.start() for worker in sending.workers))

    async def is_sent() -> bool:
        return await sending.status_of(key) == "sent"

    await eventually(is_sent, within=_BOUND)
    outcomes = {row["outcome"]: row["count"] for row in await sending.connection.fetch(_OUTCOMES, key)}
    assert outcomes.keys() <= {"sent", "unknown"}
    assert sum(outcomes.values()) == _PEOPLE
    mails = Counter(mail["To"] for mail in sending.mailbox.mails)
    assert set(mails.values()) == {1}
    assert outcomes["sent"] <= len(mails) <= _PEOPLE
    assert outcomes.get("unknown", 0) <= 6 * 2, "at most one for each killed worker"


async def _has(sending: Sending, least: int) -> bool:
    return len(sending.mailbox.mails) >= least
