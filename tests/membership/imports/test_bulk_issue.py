"""Many certificates of one kind: each once, whatever interrupts the job."""

import asyncio
import signal
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from shared.kernel.clock import today
from tests.membership.certificates.certificates.test_certificates import CERTIFICATES
from tests.support.callers import Caller
from tests.support.imports import Importer, Start, csv_of
from tests.support.membership import activated, entered

BULK = f"{CERTIFICATES}/bulk_issue"
_MEMBERS = "UPDATE member_expert SET status = 'active', term_starts = $1, term_ends = $2"
_CERTIFIED = "SELECT count(*), count(DISTINCT holder_key), count(DISTINCT code) FROM member_certificate"


async def _members(importer: Importer, database: asyncpg.Connection, count: int) -> None:
    """So many active experts, of whom no fact was announced."""
    await importer.bring("experts", csv_of("full_name,country", [(f"Many {n:04}", "XA") for n in range(count)]))
    await database.execute(_MEMBERS, date(today().year, 1, 1), date(today().year + 4, 1, 1))


async def _issue(importer: Importer, **body: Any) -> dict[str, Any]:
    response = await importer.caller.post(BULK, {"kind": "membership", **body})
    assert response.status_code == 202, response.text
    job = await importer.end_of(response.headers["location"])
    assert job["status"] == "succeeded", job
    return dict(job["result"])


@pytest.mark.long("issues certificates to many")
async def test_all_that_a_filter_chooses_are_certified_once(
    secretariat: Importer, database: asyncpg.Connection
) -> None:
    await _members(secretariat, database, 250)
    result = await _issue(secretariat, filters={"country": ["XA"]}, language="es")
    assert result == {"issued": 250, "unchanged": 0, "failed": 0, "failures_url": None}
    assert tuple(await database.fetchrow(_CERTIFIED)) == (250, 250, 250)
    assert await database.fetchval("SELECT count(*) FROM member_certificate WHERE language = 'es'") == 250
    assert await _issue(secretariat, filters={}) == {"issued": 0, "unchanged": 250, "failed": 0, "failures_url": None}


async def test_what_cannot_be_issued_is_listed(secretariat: Importer, service: httpx.AsyncClient) -> None:
    admin = Caller(service, "admin")
    active, prospect, unknown = await activated(admin), await entered(admin), str(uuid4())
    result = await _issue(secretariat, items=[prospect["id"], active["id"], unknown])
    assert result["failed"] == 2
    assert result["issued"] + result["unchanged"] == 1
    failed = await secretariat.failures(result)
    assert {one["id"]: one["problem"] for one in failed} == {
        prospect["id"]: "holder_not_active", unknown: "unknown_reference",
    }  # fmt: skip


async def test_only_what_the_caller_may_issue_is_issued(government: Importer, service: httpx.AsyncClient) -> None:
    refused = await government.caller.post(BULK, {"kind": "membership", "filters": {}})
    assert (refused.status_code, refused.json()["reason"]) == (403, "not_permitted")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"kind": "membership"}, ""),
        ({"kind": "membership", "filters": {}, "items": [str(uuid4())]}, ""),
        ({"kind": "membership", "filters": None}, ""),
        ({"kind": "membership", "items": ["a"]}, "/items/0"),
        ({"kind": "membership", "items": []}, "/items"),
        ({"kind": "membership", "filters": {"colour": "red"}}, "/filters/colour"),
        ({"kind": "membership", "filters": {"country": "QQ"}}, "/filters/country"),
        ({"kind": "designation", "filters": {"status": "active"}}, "/filters/status"),
        ({"kind": "membership", "filters": {"country": "X\0"}}, "/filters"),
        ({"kind": "review", "filters": {}}, ""),
        ({"kind": "membership", "filters": {}, "year": 2026}, ""),
        ({"kind": "authorship", "filters": {}}, "/kind"),
    ],
)
async def test_a_wrong_order_is_refused(secretariat: Importer, body: dict[str, Any], pointer: str) -> None:
    refused = await secretariat.caller.post(BULK, body)
    assert refused.status_code == 422, refused.text
    assert [one["pointer"] for one in refused.json()["errors"]] == [pointer]


@pytest.mark.long("sends ten thousand ids")
async def test_ten_thousand_ids_are_accepted_and_no_more(secretariat: Importer) -> None:
    items = [str(uuid4()) for _ in range(10_001)]
    assert (await secretariat.caller.post(BULK, {"kind": "membership", "items": items})).status_code == 422
    result = await _issue(secretariat, items=items[:10_000])
    assert (result["issued"], result["failed"]) == (0, 10_000)
    assert len(await secretariat.failures(result)) == 10_000


async def _until(database: asyncpg.Connection, count: int) -> None:
    async with asyncio.timeout(60):
        while True:
            if await database.fetchval("SELECT count(*) FROM member_certificate") >= count:
                return
            await asyncio.sleep(0.01)


@pytest.mark.long("kills processes")
async def test_a_killed_job_goes_on_and_issues_each_once(
    alone: Importer, start: Start, database: asyncpg.Connection
) -> None:
    start("relay")
    first = start("worker")
    await _members(alone, database, 600)
    last = await database.fetchval("SELECT id FROM member_expert ORDER BY id OFFSET 350 LIMIT 1")
    lock = database.transaction()
    await lock.start()
    await database.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"certificate {last}")
    response = await alone.caller.post(BULK, {"kind": "membership", "filters": {}})
    await _until(database, 300)
    first.send_signal(signal.SIGKILL)
    first.wait()
    await lock.rollback()
    assert await database.fetchval("SELECT count(*) FROM member_certificate") == 300
    start("worker")
    ended = await alone.end_of(response.headers["location"])
    assert (ended["status"], ended["attempts"] > 1) == ("succeeded", True)
    assert ended["result"] == {"issued": 600, "unchanged": 0, "failed": 0, "failures_url": None}
    assert tuple(await database.fetchrow(_CERTIFIED)) == (600, 600, 600)
    facts = "SELECT count(*) FROM (SELECT type FROM core_outbox UNION ALL SELECT type FROM core_fact) f WHERE type = $1"
    assert await database.fetchval(facts, "escm.membership.certificate.created.v1") == 600


async def test_reviewers_of_a_year_are_certified(
    secretariat: Importer, service: httpx.AsyncClient, database: asyncpg.Connection
) -> None:
    reviewer = await entered(Caller(service, "admin"))
    await database.execute("SET session_replication_role = replica")
    for _ in range(2):
        await database.execute(
            "INSERT INTO centre_review (id, ref, version, status, country, visibility, created_at, created_by,"
            " updated_at, updated_by, centre_id, reviewer_id, scores, recommendation, conflict_of_interest)"
            " VALUES ($2, $3, 1, 'recorded', 'XA', 'restricted', '2025-12-31 23:00Z', 'system', now(), 'system',"
            " uuidv7(), $1, '{}', 'decline', false)",
            UUID(reviewer["id"]), uuid4(), f"REV-{uuid4()}",
        )  # fmt: skip
    for year, issued in ((2026, 0), (2025, 1)):
        result = await _issue(secretariat, kind="review", year=year, filters={"country": "XA"})
        assert (result["issued"], result["unchanged"], result["failed"]) == (issued, 0, 0)
    again = await _issue(secretariat, kind="review", year=2025, items=[reviewer["id"]])
    assert (again["issued"], again["unchanged"]) == (0, 1)
    await database.execute("DELETE FROM centre_review WHERE reviewer_id = $1", UUID(reviewer["id"]))
