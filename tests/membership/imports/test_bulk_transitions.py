"""The same transition on many experts at once: an outcome for each, each in a separate transaction."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from shared.bulk import stepping
from tests.support.callers import CALLERS, Caller
from tests.support.imports import Importer, Start, csv_of
from tests.support.membership import EXPERTS, activated, entered

BULK = f"{EXPERTS}/bulk_transitions"
_ENTRIES = "SELECT count(*) FROM core_audit WHERE request_id = $1"


def _item(record: dict[str, Any]) -> dict[str, Any]:
    return {"id": record["id"], "version": record["version"]}


async def _done(importer: Importer, body: dict[str, Any]) -> list[dict[str, Any]]:
    response = await importer.caller.post(BULK, body)
    assert response.status_code == 202, response.text
    job = await importer.end_of(response.headers["location"])
    assert job["status"] == "succeeded", job
    assert job["progress"] == {"done": len(body["items"]), "total": len(body["items"])}
    return list(job["result"]["items"])


async def _many(secretariat: Importer, count: int) -> list[dict[str, Any]]:
    """So many prospects of XA that the network sees."""
    await secretariat.bring("experts", csv_of("full_name,country", [(f"Many {n:03}", "XA") for n in range(count)]))
    found: list[dict[str, Any]] = []
    address = f"{EXPERTS}?limit=200&sort=display_name"
    while address:
        page = (await secretariat.caller.get(address)).json()
        found += page["items"]
        address = page["next"]
    return [_item(record) for record in found]


async def test_each_item_has_its_own_outcome_in_order(
    secretariat: Importer, service: httpx.AsyncClient, database: asyncpg.Connection
) -> None:
    admin = Caller(service, "admin")
    ready = []
    for _ in range(3):
        record = await entered(admin, emails=[{"value": "many@example.org"}])
        for action in ("invite", "apply", "start_review"):
            record = (await admin.step(f"{EXPERTS}/{record['id']}", action)).json()
        ready.append(record)
    prospect, unknown = await entered(admin), {"id": str(uuid4()), "version": 1}
    stale = {"id": ready[1]["id"], "version": ready[1]["version"] - 1}
    items = [_item(ready[0]), stale, _item(prospect), unknown, _item(ready[2])]
    outcomes = await _done(secretariat, {"action": "approve", "reason": "Board of 24 November", "items": items})
    assert [one["id"] for one in outcomes] == [one["id"] for one in items]
    assert [one["status"] for one in outcomes] == ["active", "under_review", "prospect", None, "active"]
    problems = [one["problem"] for one in outcomes]
    assert [problem and problem["code"] for problem in problems] == [
        None, "version_conflict", "transition_not_allowed", "not_found", None,
    ]  # fmt: skip
    assert (problems[2]["reason"], problems[2]["current_state"]) == ("not_in_this_state", "prospect")
    for record in (ready[0], ready[2]):
        line = (await admin.get(f"{EXPERTS}/{record['id']}/history?limit=1")).json()["items"][0]
        assert (line["action"], line["reason"], line["by"]["id"]) == (
            "approve", "Board of 24 November", str(CALLERS["secretariat"].id),
        )  # fmt: skip
    facts = "SELECT count(*) FROM (SELECT type FROM core_outbox UNION ALL SELECT type FROM core_fact) f WHERE type = $1"
    assert await database.fetchval(facts, "escm.membership.expert.activated.v1") == 2
    has_reason = "SELECT payload ? 'reason' FROM core_job WHERE job_type = 'bulk_transitions'"
    assert await database.fetchval(has_reason) is False


@pytest.mark.long("publishes five hundred records")
async def test_five_hundred_are_published_and_taken_back(
    secretariat: Importer, service: httpx.AsyncClient, database: asyncpg.Connection
) -> None:
    items = await _many(secretariat, 500)
    await database.execute("UPDATE member_expert SET status = 'active'")
    outcomes = await _done(secretariat, {"action": "publish", "items": items})
    assert [(one["id"], one["status"], one["problem"]) for one in outcomes] == [
        (item["id"], "active", None) for item in items
    ]
    assert await database.fetchval("SELECT count(*) FROM member_expert WHERE visibility = 'public'") == 500
    assert len((await Caller(service, None).get(f"{EXPERTS}?limit=200")).json()["items"]) == 200
    again = await _done(secretariat, {"action": "publish", "items": items[:2]})
    assert [one["problem"]["code"] for one in again] == ["version_conflict"] * 2
    later = [{**item, "version": item["version"] + 1} for item in items[:2]]
    assert [one["problem"] for one in await _done(secretariat, {"action": "publish", "items": later})] == [None] * 2
    back = await _done(secretariat, {"action": "unpublish", "reason": "Asked for", "items": later})
    assert [one["problem"] for one in back] == [None] * 2
    assert await database.fetchval("SELECT count(*) FROM member_expert WHERE visibility = 'network'") == 2


async def test_what_the_caller_may_not_do_is_refused_item_by_item(
    government: Importer, service: httpx.AsyncClient
) -> None:
    admin = Caller(service, "admin")
    own, seen = await activated(admin), await activated(admin, country="XB", visibility="network")
    hidden = await activated(admin, country="XB", visibility="restricted")
    outcomes = await _done(government, {"action": "publish", "items": [_item(own), _item(seen), _item(hidden)]})
    assert [one["problem"] and one["problem"]["code"] for one in outcomes] == [None, "forbidden", "not_found"]
    assert [one["status"] for one in outcomes] == ["active", "active", None]


@pytest.fixture
async def revoked(database: asyncpg.Connection) -> AsyncIterator[None]:
    """Revokes the government's grants after its request was accepted."""
    change = "UPDATE access_grant SET status = $2 WHERE principal_id = $1"
    await database.execute(change, CALLERS["government_xa"].id, "revoked")
    yield
    await database.execute(change, CALLERS["government_xa"].id, "active")


async def test_the_grants_that_count_are_those_of_the_moment(
    government: Importer, service: httpx.AsyncClient, revoked: None
) -> None:
    record = await activated(Caller(service, "admin"), visibility="network")
    outcomes = await _done(government, {"action": "publish", "items": [_item(record)]})
    assert outcomes[0]["problem"]["code"] in ("forbidden", "not_found")


async def test_what_no_record_could_take_is_refused_at_once(secretariat: Importer, service: httpx.AsyncClient) -> None:
    one = {"id": str(uuid4()), "version": 1}
    bodies = (
        ({"action": "fly", "items": [one]}, "/action"),
        ({"action": "expire", "items": [one]}, "/action"),
        ({"action": "reject", "items": [one]}, "/reason"),
        ({"action": "approve", "fields": {"colour": "red"}, "items": [one]}, "/fields/colour"),
        ({"action": "approve", "items": []}, "/items"),
        ({"action": "approve", "items": [{"id": str(uuid4()), "version": 1} for _ in range(501)]}, "/items"),
        ({"action": "approve", "items": [one, one]}, "/items/1/id"),
        ({"action": "approve", "items": [{"id": one["id"]}]}, "/items/0/version"),
        ({"action": "approve", "items": [one], "visibility": "public"}, "/visibility"),
    )
    for body, pointer in bodies:
        response = await secretariat.caller.post(BULK, body)
        assert (response.status_code, [e["pointer"] for e in response.json()["errors"]]) == (422, [pointer]), body
    more = await secretariat.caller.post(BULK, {"action": "publish", "fields": {"a": 1}, "items": [one]})
    assert more.status_code == 422
    refused = await Caller(service, "focal_xa").post(BULK, {"action": "approve", "items": [one]})
    assert (refused.status_code, refused.json()["reason"]) == (403, "not_permitted")
    assert (await Caller(service, None).post(BULK, {"action": "approve", "items": [one]})).status_code == 401
    unkeyed = await service.post(BULK, json={}, headers={"Authorization": "Bearer secretariat"})
    assert (unkeyed.status_code, unkeyed.json()["code"]) == (400, "idempotency_key_required")


async def test_a_key_leaves_one_job(secretariat: Importer, service: httpx.AsyncClient) -> None:
    record = await activated(Caller(service, "admin"), visibility="network")
    headers, body = {"Idempotency-Key": "many-once"}, {"action": "publish", "items": [_item(record)]}
    first = await secretariat.caller.post(BULK, body, headers=headers)
    second = await secretariat.caller.post(BULK, body, headers=headers)
    assert first.headers["location"] == second.headers["location"]
    job = await secretariat.end_of(first.headers["location"])
    assert job["result"]["items"][0]["problem"] is None


async def _until(database: asyncpg.Connection, job: str, count: int) -> None:
    async with asyncio.timeout(60):
        while True:
            if await database.fetchval(_ENTRIES, job) >= count:
                return
            await asyncio.sleep(0.005)


@pytest.mark.long("kills processes")
async def test_a_killed_job_goes_on_and_takes_no_step_twice(
    alone: Importer, start: Start, database: asyncpg.Connection
) -> None:
    start("relay")
    first = start("worker")
    items = await _many(alone, 500)
    stale = {**items[3], "version": 7}
    lock = database.transaction()
    await lock.start()
    await database.execute("SELECT FROM member_expert WHERE id = $1 FOR UPDATE", UUID(items[100]["id"]))
    response = await alone.caller.post(BULK, {"action": "publish", "items": [*items[:3], stale, *items[4:]]})
    job = response.json()["id"]
    await _until(database, job, 50)
    first.send_signal(signal.SIGKILL)
    first.wait()
    await lock.rollback()
    assert await database.fetchval(_ENTRIES, job) < 499
    start("worker")
    ended = await alone.end_of(response.headers["location"])
    assert (ended["status"], ended["attempts"] > 1) == ("succeeded", True)
    outcomes = ended["result"]["items"]
    assert [one["id"] for one in outcomes] == [item["id"] for item in items]
    assert [place for place, one in enumerate(outcomes) if one["problem"]] == [3]
    entries = "SELECT count(*), count(DISTINCT subject) FROM core_audit WHERE request_id = $1"
    assert tuple(await database.fetchrow(entries, job)) == (499, 499)
    assert await database.fetchval("SELECT count(*) FROM member_expert WHERE version = 2") == 499


async def test_a_cancelled_job_stops_between_items(
    secretariat: Importer, database: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = await _many(secretariat, 60)
    stopped = asyncio.Event()
    monkeypatch.setattr(stepping._OneByOne, "outcome", _waiting(stepping._OneByOne.outcome, stopped))
    response = await secretariat.caller.post(BULK, {"action": "publish", "items": items})
    await _until(database, response.json()["id"], 15)
    assert (await secretariat.caller.request("DELETE", response.headers["location"])).status_code == 202
    stopped.set()
    job = await secretariat.end_of(response.headers["location"])
    assert (job["status"], job["result"]) == ("cancelled", None)
    published = await database.fetchval("SELECT count(*) FROM member_expert WHERE visibility = 'public'")
    assert published == job["progress"]["done"]
    assert 15 <= published < 60


def _waiting(outcome: Callable[..., Any], go_on: asyncio.Event) -> Callable[..., Any]:
    """After the fifteenth item the next waits for the event."""
    seen: list[None] = []

    async def wait(*arguments: Any) -> Any:
        if len(seen) == 15:
            await go_on.wait()
        seen.append(None)
        return await outcome(*arguments)

    return wait
