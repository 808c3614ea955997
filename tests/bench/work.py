"""The work list of an officer with 500 applications, and the erasure of an expert whom 200 records name."""

from statistics import median
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx

from services.membership.protection.erasures.operations import apply_scheduled
from services.membership.settings import MembershipSettings
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.messaging.notifier import Notifier
from tests.bench.cases import gets
from tests.bench.servers import API_CORE, LOAD_CORE, WORKING, Addresses, alone, latency, running, serving, until

ITEMS, REFERENCES = 500, 200
_ROUNDS = 3
_SERVICES = ("membership", "centres", "actions", "access")
_APPLY = (
    "UPDATE escm.member_expert SET status = 'applied', country = 'XA', clock_target = now() + interval '9 days',"
    " assignee = CASE WHEN right(ref, 1) < '5' THEN $2::uuid END"
    " WHERE id IN (SELECT id FROM escm.member_expert WHERE country <> 'XA' ORDER BY id DESC OFFSET 20000 LIMIT $1)"
)
_RECORD = "id, version, status, country, visibility, created_at, created_by, updated_at, updated_by"
_OF_PK = "'PK', 'restricted', now(), 'system', now(), 'system'"
_PERSON = f"""
INSERT INTO escm.access_account ({_RECORD}, email, email_key, name, search_key)
VALUES ('{{account}}', 1, 'active', NULL, 'restricted', now(), 'system', now(), 'system', '{{account}}', '{{account}}',
    'Ana', 'ana');
UPDATE escm.member_expert SET account_id = '{{account}}', visibility = 'restricted', restricted_at = now(),
    restricted_for = 'erasure', visibility_before = 'public' WHERE id = '{{expert}}';
INSERT INTO escm.member_affiliation (id, expert_id, country, visibility, version, raw, is_primary, asserted_by,
    created_at, updated_at)
SELECT uuidv7(), '{{expert}}', 'PK', 'restricted', 1, 'University ' || n, false, 'import', now(), now()
FROM generate_series(1, {{each}}) n;
INSERT INTO escm.member_message ({_RECORD}, expert_id, text, audience, attachments)
SELECT uuidv7(), 1, 'sent', {_OF_PK}, '{{expert}}', 'A text', 'file', '[]' FROM generate_series(1, {{each}});
INSERT INTO escm.member_declaration ({_RECORD}, expert_id, year, notice_version, interests)
SELECT uuidv7(), 1, 'superseded', {_OF_PK}, '{{expert}}', 2000, '1', '[]' FROM generate_series(1, {{each}});
INSERT INTO escm.access_notification (id, account_id, kind, event, resource, record_id, ref, link, day, at, mail)
SELECT uuidv7(), '{{account}}', 'seat', 'seat.ended', 'centres.seats', uuidv7(), 'SEA-1', '/x/' || n, now(), now(),
    'none'
FROM generate_series(1, {{each}}) n;
INSERT INTO escm.member_erasure ({_RECORD}, expert_id, account_id, requested_by, was_restricted, subjects, due_at,
    reports, review)
VALUES (uuidv7(), 1, 'requested', {_OF_PK}, '{{expert}}', '{{account}}', '{{{{}}}}', false, '{{{{}}}}', now(),
    '{{{{}}}}', '[]')
"""
"""A person whom as many records of each of four kinds name, and the person's erasure, which is due."""
_TOOK = (
    "SELECT extract(epoch FROM max(a.at) - min(a.at)) FROM escm.member_erasure e JOIN escm.core_audit a"
    " ON a.subject = e.id WHERE e.expert_id = $1 AND a.action IN ('run', 'finish')"
)
_DONE = "SELECT status = 'done' FROM escm.member_erasure WHERE expert_id = $1"


async def measure_list(at: Addresses, connection: asyncpg.Connection) -> dict[str, Any]:
    """`work_list_p99_ms`: the first page of an officer's work list, one request at a time."""
    from deploy import demo

    officer = (await demo.load(at.postgres))["accounts"]["officer"]
    await connection.execute(_APPLY, ITEMS, UUID(officer["account_id"]))
    await connection.execute("VACUUM ANALYZE escm.member_expert")
    form = {"grant_type": "password", "username": officer["username"], "password": officer["password"]}
    with serving("services.access.app:create_app", at, factory=True) as (address, _):
        granted = httpx.post(f"{address}/access/v1/oauth/token", data=form, timeout=30).raise_for_status().json()
        headers = {"Authorization": f"Bearer {granted['access_token']}"}
        total = httpx.get(f"{address}/access/v1/work_list", headers=headers, timeout=30).json()["total"]
        if total != ITEMS:
            raise RuntimeError(f"{total} items")
        asked = gets(["/access/v1/work_list"], headers)
        latency(address, asked, connections=1, seconds=2)
        rounds = [latency(address, asked, connections=1) for _ in range(_ROUNDS)]
    p50, p99 = (median(values) for values in zip(*rounds, strict=True))
    return {
        "work_list_p50_ms": alone(p50, f"ms of {ITEMS} items"),
        "work_list_p99_ms": alone(p99, f"ms of {ITEMS} items", target="below 20"),
    }


async def measure_erasure(at: Addresses, connection: asyncpg.Connection) -> dict[str, Any]:
    """`erasure`: seconds from the run of an erasure to its end, with the workers of all services and one relay."""
    people = await connection.fetch(
        "SELECT id FROM escm.member_expert WHERE account_id IS NULL ORDER BY id LIMIT $1", _ROUNDS
    )
    database = await Database.open(MembershipSettings(database_url=at.postgres).database_dsn(), size=2)
    took = []
    with (
        running("relay", at, LOAD_CORE),
        running("worker membership", at, API_CORE),
        running("worker centres", at, LOAD_CORE),
        running("worker actions", at, LOAD_CORE),
        running("worker access", at, API_CORE),
    ):
        for service in _SERVICES:
            await until(connection, WORKING, service)
        async with Notifier(at.valkey) as notifier:
            for person in people:
                await connection.execute(_PERSON.format(expert=person["id"], account=uuid4(), each=REFERENCES // 4))
                async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
                    await apply_scheduled(uow)
                notifier.notify()
                await until(connection, _DONE, person["id"])
                took.append(float(await connection.fetchval(_TOOK, person["id"])))
    await database.close()
    return {"erasure": alone(median(took), f"s with {REFERENCES} references", target="at most 10")}
