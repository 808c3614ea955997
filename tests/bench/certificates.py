"""Certificates of 10,000 members, issued by a job and verified by their codes."""

from time import perf_counter
from typing import Any

import asyncpg

from services.membership.issuing.bulk_issues.operations import Order, enqueue
from services.membership.settings import MembershipSettings
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import Origin, unit_of_work
from shared.kernel.principal import Principal, PrincipalKind
from tests.bench.cases import gets
from tests.bench.servers import API_CORE, LOAD_CORE, WORKING, Addresses, alone, latency, load, running, serving, until

CERTIFICATES = 10_000
_VERIFIED = 1_000
_MEMBERS = (
    "UPDATE escm.member_expert SET status = 'active', term_starts = '2026-01-01', term_ends = '2099-12-31',"
    " restricted_at = NULL WHERE id IN (SELECT id FROM escm.member_expert WHERE merged_into IS NULL"
    " AND erased_at IS NULL ORDER BY id LIMIT $1) RETURNING id"
)
_ENDED = "SELECT status IN ('succeeded', 'failed') FROM escm.core_job WHERE id = $1"
_RESULT = "SELECT result FROM escm.core_job WHERE id = $1"
_CODES = "SELECT code FROM escm.member_certificate ORDER BY hashtext(code) LIMIT $1"


async def measure(at: Addresses, connection: asyncpg.Connection) -> dict[str, Any]:
    """`certificates`: how many a job issues in a second; `verify`: responses a second to their codes, and the 99th
    percentile of the response time."""
    from deploy import demo

    members = [str(row["id"]) for row in await connection.fetch(_MEMBERS, CERTIFICATES)]
    secretariat = (await demo.load(at.postgres))["clients"]["secretariat"]["id"]
    client = await connection.fetchval("SELECT id FROM escm.access_client WHERE client_id = $1", secretariat)
    await connection.execute("VACUUM ANALYZE escm.member_expert")
    origin = Origin(Principal(PrincipalKind.CLIENT, client, "secretariat"))
    database = await Database.open(MembershipSettings(database_url=at.postgres).database_dsn(), size=2)
    async with unit_of_work(database, SYSTEM_CONTEXT, origin) as uow:
        job = await enqueue(uow, Order("membership", {}, members, None, None))
    await database.close()
    with running("worker membership", at, API_CORE):
        await until(connection, WORKING, "membership")
        began = perf_counter()
        with running("relay", at, LOAD_CORE):
            await until(connection, _ENDED, job, within=600)
            took = perf_counter() - began
    result = await connection.fetchval(_RESULT, job)
    if f'"issued": {CERTIFICATES}' not in str(result):
        raise RuntimeError(str(result))
    await connection.execute("VACUUM ANALYZE escm.member_certificate, escm.member_consent")
    codes = [row["code"] for row in await connection.fetch(_CODES, _VERIFIED)]
    script = gets([f"/membership/v1/certificates/verify/{code}" for code in codes])
    with serving("services.membership.app:create_app", at, factory=True) as (address, _):
        load(address, script, seconds=2)
        rate, (_, p99) = load(address, script), latency(address, script)
    return {
        "certificates": alone(CERTIFICATES / took, "certificates/s", target="at least 200"),
        "verify": alone(rate, "verifications/s", target="at least 6,000"),
        "verify_p99_ms": alone(p99, "ms"),
    }
