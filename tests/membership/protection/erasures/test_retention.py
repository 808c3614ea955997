"""Records that have been in a state for too long go by rules, as their preview says."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.access.settings import AccessSettings
from services.membership.protection.retention_rules import jobs, operations
from shared.audit.watching import watch
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import today
from tests.membership.initiatives.supports.conftest import INITIATIVES, SUPPORTS, form, initiative_body
from tests.membership.protection.erasures.conftest import ERASURES, Person, requested, until_status
from tests.support.callers import Caller
from tests.support.membership import EXPERTS, entered
from tests.support.remains import columns_with
from tests.support.waiting import eventually

RULES = "/membership/v1/retention_rules"
DECLARATIONS = "/membership/v1/declarations"
_REJECT = """
UPDATE member_expert SET status = 'rejected', status_since = now() - make_interval(years => $2) WHERE id = ANY($1)
"""
_JOBS = "SELECT count(*) FROM core_job WHERE job_type = $1 AND status <> 'succeeded'"
_BY_RULES = "SELECT expert_id FROM member_erasure WHERE requested_by = '{}' AND expert_id = ANY($1)"
Make = Callable[..., Any]


async def _rule(admin: Caller, resource: str, state: str | None) -> str:
    """The address of the shipped rule."""
    found = (await admin.get(f"{RULES}?status=active&resource={resource}")).json()["items"]
    return str(next(one for one in found if one["state"] == state)["links"]["self"])


async def _preview(admin: Caller, rule: str) -> list[str]:
    """The ids of all pages, of which there are as many as the count says."""
    page = (await admin.get(f"{rule}/preview?limit=2")).json()
    count, items = page["count"], page["items"]
    while page["next"]:
        page = (await admin.get(page["next"])).json()
        items += page["items"]
    assert len(items) == count
    return [one["id"] for one in items]


@pytest.fixture
async def apply(database: Database, superuser: asyncpg.Connection) -> Make:
    """Runs the schedule, and waits for its jobs."""

    async def run() -> None:
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            await operations.apply_scheduled(uow)

        async def is_done() -> bool:
            return not await superuser.fetchval(_JOBS, operations.APPLY)

        await eventually(is_done)

    return run


@pytest.fixture
async def rejected(to: Make, superuser: asyncpg.Connection) -> Make:
    """Makes experts that were rejected so many years ago."""

    async def make(number: int, years: int) -> list[str]:
        found = [(await entered(to("membership")))["id"] for _ in range(number)]
        await superuser.execute(_REJECT, found, years)
        return found

    return make


async def _by_rules(superuser: asyncpg.Connection, experts: list[str]) -> set[str]:
    return {str(row["expert_id"]) for row in await superuser.fetch(_BY_RULES, experts)}


@pytest.mark.long("erases in every service")
async def test_what_the_preview_lists_is_erased_and_nothing_else(
    to: Make, rejected: Make, someone: Make, apply: Make, run_due: Make, superuser: asyncpg.Connection
) -> None:
    admin = to("membership")
    rule = await _rule(admin, "experts", "rejected")
    due, recent = await rejected(5, 3), await rejected(1, 1)
    held: Person = await someone()
    erasure = await requested(held)
    await superuser.execute(_REJECT, [held.id], 3)
    await superuser.execute("UPDATE member_erasure SET status = 'held' WHERE expert_id = $1", UUID(held.id))
    others = [*recent, held.id]
    listed = await _preview(admin, rule)
    assert listed == sorted(listed)
    assert set(listed) >= set(due)
    assert set(listed).isdisjoint(others)
    await apply()
    assert await _by_rules(superuser, [*listed, *others]) == set(listed)
    assert await _preview(admin, rule) == []
    (one,) = (await admin.get(f"{ERASURES}?expert_id={due[0]}")).json()["items"]
    (line,) = (await admin.get(f"{one['links']['self']}/history")).json()["items"]
    assert (one["created_by"], line["action"]) == ("system", "create")
    assert line["reason"] == f"retention rule {(await admin.get(rule)).json()['ref']}"
    await apply()
    assert len((await admin.get(f"{ERASURES}?expert_id={due[0]}")).json()["items"]) == 1
    await run_due()
    await until_status(admin, one["links"]["self"])
    assert (await admin.get(f"{EXPERTS}/{due[0]}")).status_code == 410
    assert (await admin.get(erasure)).json()["status"] == "held"


async def test_after_a_cancellation_the_time_begins_again(
    to: Make, rejected: Make, apply: Make, superuser: asyncpg.Connection
) -> None:
    admin = to("membership")
    rule = await _rule(admin, "experts", "rejected")
    (expert,) = await rejected(1, 3)
    await apply()
    (erasure,) = (await admin.get(f"{ERASURES}?expert_id={expert}")).json()["items"]
    assert erasure["status"] == "requested"
    cancelled = await admin.step(erasure["links"]["self"], "cancel")
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled"), cancelled.text
    assert expert not in await _preview(admin, rule)
    past = "UPDATE member_erasure SET updated_at = now() - interval '3 years' WHERE id = $1"
    await superuser.execute(past, UUID(erasure["id"]))
    assert expert in await _preview(admin, rule)


async def test_declarations_go_with_what_their_histories_show(
    to: Make, someone: Make, apply: Make, superuser: asyncpg.Connection, database_url: str, redis_url: str
) -> None:
    who: Person = await someone()
    admin = to("membership")
    rule = await _rule(admin, "declarations", None)
    made = []
    for party in ("Mine", "Bank"):
        interest = {"kind": "funding", "party": f"{party} of {who.word}"}
        declared = {"expert_id": who.id, "year": today().year, "notice_version": "2026", "interests": [interest]}
        made.append((await who.caller.post(DECLARATIONS, declared)).json())
    old, new = made
    past = "UPDATE member_declaration SET updated_at = now() - interval '6 years' WHERE id = $1"
    await superuser.execute(past, UUID(old["id"]))
    listed = await _preview(admin, rule)
    assert old["id"] in listed
    assert new["id"] not in listed
    await apply()
    assert (await admin.get(old["links"]["self"])).status_code == 404
    assert (await admin.get(new["links"]["self"])).json()["interests"][0]["party"] == f"Bank of {who.word}"
    readable = (
        "SELECT count(*) FILTER (WHERE k.id IS NOT NULL) AS readable, count(*) AS lines FROM core_audit a"
        " LEFT JOIN core_audit_key k ON k.id = a.detail_key WHERE a.subject = $1"
    )
    assert tuple(await superuser.fetchrow(readable, UUID(old["id"]))) == (0, 2)
    assert tuple(await superuser.fetchrow(readable, UUID(new["id"]))) == (1, 1)
    announced = "SELECT EXISTS (SELECT FROM core_fact WHERE subject = $1 AND type = $2)"
    deleted = "escm.membership.declaration.deleted.v1"

    async def is_announced() -> bool:
        return bool(await superuser.fetchval(announced, UUID(old["id"]), deleted))

    await eventually(is_announced)
    trail = await Database.open(AccessSettings(database_url=database_url, redis_url=redis_url).database_dsn(), size=3)
    async with unit_of_work(trail, SYSTEM_CONTEXT) as uow:
        assert await watch(uow.connection) is None
    await trail.close()


async def test_an_unconfirmed_signature_goes_after_seven_days(
    to: Make, apply: Make, superuser: asyncpg.Connection
) -> None:
    admin, anybody = to("membership"), to("membership", None)
    rule = await _rule(admin, "supports", "pending")
    initiative = (await admin.post(INITIATIVES, initiative_body())).json()
    path = initiative["links"]["self"]
    assert (await admin.step(path, "open")).status_code == 200
    forms = [form(), form(), {**form(), "email": f"{uuid4().hex}@mailinator.com"}]
    for one in forms:
        assert (await anybody.post(f"{path}/sign", one)).status_code == 202
    address = f"{SUPPORTS}?initiative_id={initiative['id']}&sort=created_at"

    async def signed() -> Any:
        found = (await admin.get(address)).json()["items"]
        return found if len(found) == len(forms) else None

    by_name = {one["signer"]["name"]: one for one in await eventually(signed)}
    old, new, confirmed = (by_name[one["name"]] for one in forms)
    past = "UPDATE member_support SET updated_at = now() - interval '169 hours', email_verified = $2 WHERE id = $1"
    await superuser.execute(past, UUID(old["id"]), False)
    await superuser.execute(past, UUID(confirmed["id"]), True)
    listed = await _preview(admin, rule)
    assert old["id"] in listed
    assert {new["id"], confirmed["id"]}.isdisjoint(listed)
    before = (await anybody.get(f"{path}/count")).json()
    await apply()
    assert (await admin.get(old["links"]["self"])).status_code == 404
    assert await columns_with(superuser, forms[0]["name"]) == []
    assert {one["id"] for one in (await admin.get(address)).json()["items"]} == {new["id"], confirmed["id"]}
    assert (await anybody.get(f"{path}/count")).json() == before


async def test_a_hold_keeps_what_describes_the_person(
    to: Make, someone: Make, apply: Make, superuser: asyncpg.Connection
) -> None:
    who: Person = await someone()
    admin = to("membership")
    declared = {"expert_id": who.id, "year": today().year, "notice_version": "2026"}
    made = (await who.caller.post(DECLARATIONS, declared)).json()
    past = "UPDATE member_declaration SET updated_at = now() - interval '6 years' WHERE id = $1"
    await superuser.execute(past, UUID(made["id"]))
    rule, path = await _rule(admin, "declarations", None), made["links"]["self"]
    assert made["id"] in await _preview(admin, rule)
    await requested(who)
    await superuser.execute("UPDATE member_erasure SET status = 'held' WHERE expert_id = $1", UUID(who.id))
    assert made["id"] not in await _preview(admin, rule)
    await apply()
    assert (await admin.get(path)).status_code == 200


async def test_a_retired_rule_takes_nothing(
    to: Make, rejected: Make, database: Database, superuser: asyncpg.Connection
) -> None:
    admin = to("membership")
    rule = await _rule(admin, "experts", "rejected")
    due = await rejected(1, 3)
    state = "UPDATE member_retention_rule SET status = $2 WHERE id = $1"
    key = UUID(rule.rpartition("/")[2])
    await superuser.execute(state, key, "retired")
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        assert await operations.take(uow, key, 10) == 0
    assert set(due) <= set(await _preview(admin, rule))
    await superuser.execute(state, key, "active")
    assert await _by_rules(superuser, due) == set()


async def test_a_job_that_is_cut_off_is_completed(
    to: Make, rejected: Make, apply: Make, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    due = await rejected(5, 4)
    real, batches = operations.take, []

    async def failing(*given: Any) -> int:
        found = await real(*given)
        batches.append(found)
        if len(batches) == 2:
            raise ConnectionResetError("the worker loses its connection before the commit")
        return found

    monkeypatch.setattr(jobs, "_AT_ONCE", 2)
    monkeypatch.setattr(operations, "take", failing)
    await apply()
    assert len(batches) > 3
    assert await _by_rules(superuser, due) == set(due)
    count = "SELECT count(*) FROM member_erasure WHERE expert_id = ANY($1)"
    assert await superuser.fetchval(count, due) == len(due)


async def test_an_expert_that_changes_stays_as_long_in_its_state(to: Make, superuser: asyncpg.Connection) -> None:
    admin = to("membership")
    since = "SELECT status_since FROM member_expert WHERE id = $1"
    made = await entered(admin, emails=[{"value": "someone@example.org"}])
    path, key = f"{EXPERTS}/{made['id']}", UUID(made["id"])
    assert await superuser.fetchval(since, key) is None
    for action in ("invite", "resign"):
        before = await superuser.fetchval(since, key)
        assert (await admin.step(path, action)).status_code == 200
        assert await superuser.fetchval(since, key) != before
    entered_at = await superuser.fetchval(since, key)
    etag = (await admin.get(path)).headers["etag"]
    assert (await admin.patch(path, {"keywords": ["soil"]}, etag=etag)).status_code == 200
    assert await superuser.fetchval(since, key) == entered_at
