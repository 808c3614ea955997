"""Each reminder leads to one fact, one notification and one mail, though the workers of every step are killed."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from email import message_from_bytes, policy
from pathlib import Path

import asyncpg
import pytest

from deploy.local.child import Stage
from shared.contracts.centres import ANNUAL_REPORT_REPORT_DUE
from shared.contracts.membership import EXPERT_TERM_ENDING
from tests.faults.cluster import Cluster
from tests.faults.processes import Process
from tests.support.waiting import eventually

_PEOPLE = 150
_ACCOUNTS = """
INSERT INTO access_account (id, version, status, visibility, created_at, created_by, updated_at, updated_by, email,
    email_key, name, search_key, email_verified)
SELECT uuidv7(), 1, 'active', 'restricted', now(), 'test', now(), 'test', address, address, address, '', true
FROM (SELECT 'reminded' || n || '@example.org' AS address FROM generate_series(1, $1) n) a
"""
_EXPERTS = """
INSERT INTO member_expert SELECT (jsonb_populate_record(e, jsonb_build_object('id', uuidv7(), 'ref', 'EXP-' || a.ref,
    'account_id', a.id, 'status', 'active', 'term_starts', current_date - 1000, 'term_ends', current_date + 30,
    'profile_confirmed_on', current_date, 'conflict_of_interest_on', current_date))).*
FROM member_expert e, access_account a WHERE e.id = $1 AND a.email LIKE 'reminded%'
"""
_REPORTS = """
WITH directed AS (
    INSERT INTO centre_centre (id, version, status, country, visibility, created_at, created_by, updated_at, updated_by,
        names, search_key, host_institution_id, themes, director_id)
    SELECT uuidv7(), 1, 'closed', 'XA', 'restricted', now(), 'test', now(), 'test', '{}', '', uuidv7(), '{}', e.id
    FROM member_expert e JOIN access_account a ON a.id = e.account_id WHERE a.email LIKE 'reminded%'
    RETURNING id
)
INSERT INTO centre_annual_report (id, version, status, country, visibility, created_at, created_by, updated_at,
    updated_by, centre_id, year, period_starts, period_ends, due, answers, figures, public_answers, public_figures,
    documents, answered, prefilled, required, missing, comments)
SELECT uuidv7(), 1, 'due', 'XA', 'network', now(), 'test', now(), 'test', id, 2020, '2020-01-01', '2020-12-31',
    current_date + 7, '{}', '{}', '{}', '{}', '[]', '[]', '{}', 0, 0, '{}'
FROM directed
"""
_CASES = {"remind": EXPERT_TERM_ENDING, "remind_reports": ANNUAL_REPORT_REPORT_DUE}
"""The workers that remind, and the facts of their reminders."""
_CONSUMERS = """
INSERT INTO core_consumer (service, bulk, position)
SELECT service, bulk, coalesce((SELECT position FROM core_lease WHERE name = 'relay'), 0)
FROM unnest(ARRAY[false, true]) bulk, unnest(ARRAY['membership', 'access']) service
ON CONFLICT (service, bulk) DO UPDATE SET position = excluded.position
"""
_SUBSCRIPTION = "INSERT INTO core_subscription (service, pattern) VALUES ('access', $1)"
"""The facts of workers that ran before: none is announced before the first of these workers has subscribed."""
_CLEAN = """
DELETE FROM centre_annual_report WHERE created_by = 'test'; DELETE FROM centre_centre WHERE created_by = 'test';
DELETE FROM member_expert WHERE account_id IN (SELECT id FROM access_account WHERE email LIKE 'reminded%');
DELETE FROM access_notification; DELETE FROM member_reminder; DELETE FROM core_mail;
DELETE FROM access_account WHERE email LIKE 'reminded%';
DELETE FROM core_subscription; DELETE FROM core_consumer; DELETE FROM core_batch; DELETE FROM core_job;
DELETE FROM core_schedule
"""


class Office:
    """Workers that remind and workers that notify, with a relay of short leases; mails are files of `folder`."""

    def __init__(self, cluster: Cluster, connection: asyncpg.Connection, folder: Path, reminding: str) -> None:
        self.connection = connection
        self.fact = _CASES[reminding]
        self.folder = folder
        given = {"ESCM_MAIL_FOLDER": str(folder)}
        self.workers = [
            cluster.worker(f"{what}{number}", "tests.faults.notifying", what, **given)
            for what in (reminding, "notify")
            for number in range(4)
        ]
        self.relay = cluster.worker("notifying-relay", "tests.faults.working", "relay", "patient", stage=Stage.RELAY)

    @property
    def processes(self) -> list[Process]:
        return [*self.workers, self.relay]

    async def strike(self, chance: random.Random) -> None:
        """Kills half of the workers and starts them again."""
        struck = chance.sample(self.workers, len(self.workers) // 2)
        for worker in struck:
            worker.kill()
        await asyncio.gather(*(worker.start() for worker in struck))

    async def is_done(self) -> bool:
        """Whether every mail is sent."""
        sent = "SELECT count(*) FROM core_mail WHERE service = 'access' AND sent_at IS NOT NULL"
        return await self.connection.fetchval(sent) >= _PEOPLE

    def mails(self) -> Counter[str]:
        """How many mails each person has."""
        files = self.folder.glob("*.eml")
        return Counter(message_from_bytes(file.read_bytes(), policy=policy.default)["To"] for file in files)


@pytest.fixture(params=_CASES)
async def office(cluster: Cluster, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Office]:
    await cluster.relay.stop()
    client = cluster.client()
    made = await client.create("reminded")
    assert made.status_code == 201, made.text
    await client.close()
    async with cluster.superuser() as connection:
        await connection.execute(_CLEAN)
        await connection.execute(_ACCOUNTS, _PEOPLE)
        await connection.execute(_EXPERTS, made.json()["id"])
        await connection.execute(_REPORTS)
        await connection.execute(_CONSUMERS)
        await connection.execute(_SUBSCRIPTION, _CASES[request.param])
        office = Office(cluster, connection, tmp_path, request.param)
        try:
            yield office
        finally:
            for process in office.processes:
                cluster.discard(process)
            await connection.execute(_CLEAN)


async def test_each_person_has_one_mail_though_every_worker_is_killed(office: Office, chance: random.Random) -> None:
    await asyncio.gather(*(process.start() for process in office.processes))
    for _ in range(6):
        await office.strike(chance)
        await asyncio.sleep(chance.uniform(0, 0.2))
    await eventually(office.is_done)
    facts = "SELECT count(*), count(DISTINCT subject) FROM core_fact WHERE type = $1"
    assert tuple(await office.connection.fetchrow(facts, office.fact)) == (_PEOPLE, _PEOPLE)
    rows = "SELECT count(*), count(DISTINCT account_id), count(mailed_at) FROM access_notification"
    assert tuple(await office.connection.fetchrow(rows)) == (_PEOPLE, _PEOPLE, _PEOPLE)
    assert await office.connection.fetchval("SELECT count(*) FROM core_mail WHERE service = 'access'") == _PEOPLE
    mails = office.mails()
    assert (len(mails), set(mails.values())) == (_PEOPLE, {1})
