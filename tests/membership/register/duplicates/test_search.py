"""The search through a whole collection and through its changes."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from services.membership.register.duplicates import jobs
from services.membership.register.duplicates.jobs import search
from services.membership.settings import MembershipSettings
from shared.database.pool import Database
from shared.messaging.job_run import JobCancelled, JobRun
from shared.messaging.notifier import Notifier
from shared.messaging.work_store import Job, JobStore
from tests.membership.register.duplicates.conftest import (
    DUPLICATES,
    called,
    ended,
    entered,
    founded,
    pairs_of,
    searched,
)
from tests.support.callers import Caller
from tests.support.membership import EXPERTS

JOBS = "/membership/v1/jobs"
pytestmark = pytest.mark.usefixtures("worker")


async def _forget(superuser: asyncpg.Connection, *records: str) -> None:
    """Deletes the pairs of records, as if they were older than the pairs."""
    await superuser.execute("DELETE FROM member_duplicate WHERE a = ANY($1) OR b = ANY($1)", list(records))


async def test_the_whole_base_is_searched_and_a_second_time_nothing_is_new(
    office: Caller, superuser: asyncpg.Connection
) -> None:
    one = await entered(office, "Bartholomew", "Crumplehorn")
    misspelt = await entered(office, "Bartholomew", "Crumplehorm")
    turned = await entered(office, "Crumplehorn", "Bartholomew")
    await _forget(superuser, one["id"], turned["id"])
    assert (await searched(office))["new"] >= 2
    found = {other for pair in await pairs_of(office, one["id"]) for other in (pair["a"], pair["b"])}
    assert {misspelt["id"], turned["id"]} <= found
    assert {pair["found_by"] for pair in await pairs_of(office, one["id"])} == {"job"}
    again = await searched(office)
    assert (again["new"], again["pairs"] > 0) == (0, True)


async def test_what_was_changed_since_is_searched(office: Caller, superuser: asyncpg.Connection) -> None:
    await searched(office)
    one = await entered(office, "Clementine", "Yesterdaysson")
    other = await entered(office, "Clementine", "Yesterdaysonn")
    await _forget(superuser, one["id"])
    result = await searched(office, whole=False)
    assert result["new"] >= 1
    (pair,) = await pairs_of(office, one["id"])
    assert {pair["a"], pair["b"]} == {one["id"], other["id"]}


async def test_affiliations_and_addresses_count(office: Caller, superuser: asyncpg.Connection) -> None:
    one = await entered(office, "N.", "Marmaduke", country="XA")
    other = await entered(office, "N. B.", "Marmaduke", country="XB")
    for record in (one, other):
        response = await office.post(f"{EXPERTS}/{record['id']}/affiliations", {"raw": "Institute of Marmalade"})
        assert response.status_code == 201
    await searched(office)
    (pair,) = await pairs_of(office, one["id"])
    assert "same_affiliation" in pair["reasons"]


async def test_keys_of_an_older_rule_are_renewed(office: Caller, superuser: asyncpg.Connection) -> None:
    one = await entered(office, "Zebediah", "Oldrecord")
    await superuser.execute("UPDATE member_expert SET name_key = 'older' WHERE id = $1", one["id"])
    assert "duplicates" not in await entered(office, "Z.", "Oldrecord")
    await searched(office)
    again = await entered(office, "Z. B.", "Oldrecord")
    assert one["id"] in {found["id"] for found in again["duplicates"]}


async def test_pairs_of_imports_are_brought(office: Caller, superuser: asyncpg.Connection) -> None:
    address = {"emails": [{"value": "both@brought.example"}]}
    one = await entered(office, "Aloysius", "Outofreach", country="XB", **address)
    other = await entered(office, "Wilhelmina", "Entirelyother", **address)
    await superuser.execute("DELETE FROM member_duplicate WHERE a = $1", UUID(one["id"]))
    await superuser.execute("SET session_replication_role = replica")
    await superuser.execute(
        "INSERT INTO core_import_duplicate (resource, record, other, import) VALUES ('membership.experts', $1, $2, $3)",
        UUID(other["id"]), UUID(one["id"]), uuid4(),
    )  # fmt: skip
    await searched(office, whole=False)
    (pair,) = await pairs_of(office, one["id"])
    assert (pair["found_by"], pair["score"]) == ("import", 0.6)


async def test_pairs_of_records_that_are_gone_go(office: Caller, superuser: asyncpg.Connection) -> None:
    one = await entered(office, "Ephraim", "Deletedson")
    other = await entered(office, "Ephraim", "Deletedson")
    (pair,) = await pairs_of(office, one["id"])
    await superuser.execute("DELETE FROM member_expert_value WHERE expert_id = $1", other["id"])
    await superuser.execute("DELETE FROM member_expert WHERE id = $1", other["id"])
    await searched(office, whole=False)
    assert (await office.get(f"{DUPLICATES}/{pair['id']}")).status_code == 404
    entries = await superuser.fetch("SELECT action FROM core_audit WHERE subject = $1", UUID(pair["id"]))
    assert sorted(row["action"] for row in entries) == ["create", "delete"]


async def test_pairs_of_a_record_that_was_merged_are_the_winners(office: Caller, superuser: asyncpg.Connection) -> None:
    loser = await entered(office, "Ignatius", "Mergedsson")
    third = await entered(office, "Ignatius", "Mergedsson")
    winner = await entered(office, "Somebody", "Whowins")
    await superuser.execute("UPDATE member_expert SET merged_into = $2 WHERE id = $1", loser["id"], winner["id"])
    await searched(office, whole=False)
    (pair,) = await pairs_of(office, winner["id"])
    assert {pair["a"], pair["b"]} == {winner["id"], third["id"]}
    assert [pair["status"] for pair in await pairs_of(office, loser["id"])] == ["merged"]


async def test_institutions_are_searched(office: Caller, superuser: asyncpg.Connection) -> None:
    one = await founded(office, "Observatory of Whimsy Heights")
    other = await founded(office, "Observatory of Whimsi Heights")
    await _forget(superuser, one["id"], other["id"])
    for whole in (True, False):
        await searched(office, "institutions", whole=whole)
        (pair,) = await pairs_of(office, one["id"])
        assert {pair["a"], pair["b"]} == {one["id"], other["id"]}
        await _forget(superuser, one["id"])


@pytest.fixture
async def own_database(settings: MembershipSettings) -> AsyncIterator[Database]:
    database = await Database.open(settings.database_dsn(), size=3)
    yield database
    await database.close()


Begin = Callable[..., Awaitable[JobRun]]


@pytest.fixture
async def begin(
    superuser: asyncpg.Connection, own_database: Database, settings: MembershipSettings
) -> AsyncIterator[Begin]:
    """Starts a search of experts manually, in a queue that also knows jobs of the kind `waits`."""

    async def begun(by: str, *, whole: bool = True, is_cancelled: bool = False) -> JobRun:
        key = uuid4()
        at = await superuser.fetchval(
            "INSERT INTO core_job (id, service, job_type, payload, created_by, principal, bulk, status, fence,"
            " attempts, cancel_requested, lease_expires_at, notified)"
            " VALUES ($1, 'membership', 'unknown', '{}', $2, 'somebody', true, 'running', 1, 1, $3, 'infinity', true)"
            " RETURNING created_at",
            key, by, is_cancelled,
        )  # fmt: skip
        payload = {"resource": "experts", "whole": whole}
        job = Job(key, 1, 1, "duplicates_search", payload, by, is_cancelled, None, at)
        store = JobStore("membership", True, ["waits"], "test", at - at)
        return JobRun(job, store, own_database, notifier)

    async with Notifier(settings.redis_url) as notifier:
        yield begun


async def test_a_search_stops_when_it_is_cancelled(office: Caller, begin: Begin) -> None:
    await entered(office, "Cancelled", "Midway")
    run = await begin("test", is_cancelled=True)
    with pytest.raises(JobCancelled):
        await search(run)


@pytest.mark.long("waits for a turn")
@pytest.mark.parametrize("whole", [True, False])
async def test_the_nightly_search_makes_way_for_an_import_and_another_goes_on(
    office: Caller, superuser: asyncpg.Connection, begin: Begin, monkeypatch: pytest.MonkeyPatch, whole: bool
) -> None:
    monkeypatch.setattr(jobs, "_LOOKED_AT", 1)
    await searched(office)
    one = await entered(office, "Waywardine", f"Nightly{whole}")
    other = await entered(office, "Waywardine", f"Nightly{whole}e")
    await _forget(superuser, one["id"])
    began = await superuser.fetchval("SELECT clock_timestamp()")
    waiting = await superuser.fetchval(
        "INSERT INTO core_job (id, service, job_type, payload, created_by, principal, bulk)"
        " VALUES (uuidv7(), 'membership', 'waits', '{}', 'account:1', 'somebody', true) RETURNING id"
    )
    assert "goes_on" not in await search(await begin("account:1", whole=whole))
    await _forget(superuser, one["id"])
    made_way = await search(await begin("system", whole=whole))
    rest = await ended(office, httpx.Response(202, headers={"location": f"{JOBS}/{made_way['goes_on']}"}))
    assert (rest["status"], made_way["new"] + rest["result"]["new"]) == ("succeeded", 1)
    (pair,) = await pairs_of(office, one["id"])
    assert {pair["a"], pair["b"]} == {one["id"], other["id"]}
    place = json.loads(await superuser.fetchval("SELECT payload FROM core_job WHERE id = $1", UUID(rest["id"])))[
        "place"
    ]
    covered = "SELECT covered_until FROM member_duplicate_search WHERE resource = 'experts'"
    assert began < datetime.fromisoformat(place["began"]) == await superuser.fetchval(covered)
    await superuser.execute("UPDATE core_job SET status = 'cancelled' WHERE id = $1", waiting)


async def test_a_queued_search_is_cancelled(office: Caller) -> None:
    response = await office.post(f"{DUPLICATES}/searches", {"resource": "experts"})
    await office.request("DELETE", response.headers["location"])
    assert (await ended(office, response))["status"] in ("cancelled", "succeeded")


async def test_a_search_that_is_ordered_twice_is_one(office: Caller, superuser: asyncpg.Connection) -> None:
    await superuser.execute("UPDATE core_job SET status = 'cancelled' WHERE status IN ('queued', 'running')")
    key = await superuser.fetchval(
        "INSERT INTO core_job (id, service, job_type, payload, created_by, principal, bulk, due_at)"
        " VALUES (uuidv7(), 'membership', 'duplicates_search', '{\"resource\": \"institutions\", \"whole\": true}',"
        " 'test', 'somebody', true, 'infinity')"
        " RETURNING id"
    )
    for whole in (True, False):
        response = await office.post(f"{DUPLICATES}/searches", {"resource": "institutions", "whole": whole})
        assert response.json()["id"] == str(key)
    await superuser.execute("UPDATE core_job SET status = 'cancelled' WHERE id = $1", key)


async def test_a_search_that_has_begun_is_not_joined(office: Caller, superuser: asyncpg.Connection) -> None:
    key = await superuser.fetchval(
        "INSERT INTO core_job (id, service, job_type, payload, created_by, principal, bulk, status, fence, attempts,"
        " lease_expires_at, notified)"
        " VALUES (uuidv7(), 'membership', 'duplicates_search', $1, 'test', 'somebody', true, 'running', 1, 1,"
        " 'infinity', true) RETURNING id",
        '{"resource": "institutions", "whole": true}',
    )
    response = await office.post(f"{DUPLICATES}/searches", {"resource": "institutions"})
    assert response.json()["id"] != str(key)
    await superuser.execute("UPDATE core_job SET status = 'cancelled' WHERE id = $1", key)


async def test_an_expert_without_a_readable_name_is_entered_and_searched(office: Caller) -> None:
    body = called("", "", names=[{"full": "※※※"}])
    response = await office.post(EXPERTS, body)
    assert response.status_code == 201, response.text
    assert await pairs_of(office, response.json()["id"]) == []
    await searched(office)
