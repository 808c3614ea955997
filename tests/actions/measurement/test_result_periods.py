"""Closed and locked periods, extensions, and revisions of published results."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import asyncpg
import httpx
import pytest

from services.actions.measurement.periods.operations import apply_scheduled
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import today
from tests.actions.programme import refusal
from tests.support.callers import Caller
from tests.support.results import RESULTS, end_period, id_of, published, result, subject

Callers = Callable[[str | None], Caller]
PERIODS = "/actions/v1/periods"
_WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def _refusal(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


async def _extend(by: Caller, period: str, days: int, country: str = "XA") -> None:
    until = (today() + timedelta(days=days)).isoformat()
    made = await by.post(f"{period}/extensions", {"country": country, "until": until, "reason": "Floods"})
    assert made.status_code == 201, made.text


async def test_nothing_is_entered_before_a_period_opens(admin: Caller, caller: Callers) -> None:
    of = await subject(admin)
    framework = (await admin.get(f"{PERIODS}/{of['period_id']}")).json()["framework"]
    days = {"opens_on": "2090-01-01", "due_on": "2090-01-01", "closes_on": "2090-01-01"}
    body = {"framework": framework, "code": "2027", "starts": "2027-01-01", "ends": "2027-12-31", **days}
    planned = (await admin.post(PERIODS, body)).json()["id"]
    refused = await caller("author_xa").post(RESULTS, {**of, "period_id": planned, "value": "1"})
    assert _refusal(refused) == (409, "period_not_open")


@pytest.mark.usefixtures("one_day")
async def test_a_closed_period_refuses_until_it_is_extended(admin: Caller, caller: Callers) -> None:
    author, of = caller("author_xa"), await subject(admin)
    path, period = await result(author, of), f"{PERIODS}/{of['period_id']}"
    await end_period(admin, period)
    assert _refusal(await author.change(path, value="11")) == (409, "period_closed")
    other = {**of, "country": "XB", "value": "1"}
    await _extend(caller("officer"), period, 1)
    assert _refusal(await caller("author_xb").post(RESULTS, other)) == (409, "period_closed")
    assert (await author.change(path, value="11")).status_code == 200
    submitted = (await author.step(path, "submit")).json()
    assert (submitted["status"], submitted["late"]) == ("submitted", False)
    await author.step(path, "submit")


@pytest.mark.usefixtures("one_day")
async def test_what_was_submitted_goes_on_and_a_return_gives_two_weeks(admin: Caller, caller: Callers) -> None:
    author, of = caller("author_xa"), await subject(admin)
    path, period = await result(author, of), f"{PERIODS}/{of['period_id']}"
    await author.step(path, "submit")
    await end_period(admin, period)
    assert (await caller("focal_xa").step(path, "approve")).status_code == 200
    assert (await caller("government_xa").step(path, "return", reason="Which year?")).json()["status"] == "draft"
    (extension,) = (await author.get(f"{period}/extensions")).json()["items"]
    assert (extension["country"], extension["until"]) == ("XA", (today() + timedelta(days=14)).isoformat())
    assert (await author.change(path, value="12")).status_code == 200
    assert (await published(author, path))["status"] == "published"


@pytest.mark.usefixtures("one_day")
async def test_a_longer_extension_stays_with_a_return(admin: Caller, caller: Callers) -> None:
    author, of = caller("author_xa"), await subject(admin)
    path, period = await result(author, of), f"{PERIODS}/{of['period_id']}"
    await author.step(path, "submit")
    await end_period(admin, period)
    await _extend(caller("officer"), period, 30)
    await caller("officer").step(path, "return", reason="Which year?")
    (extension,) = (await author.get(f"{period}/extensions")).json()["items"]
    assert extension["reason"] == "Floods"


@pytest.mark.usefixtures("one_day")
async def test_a_locked_period_refuses_despite_an_extension(admin: Caller, caller: Callers) -> None:
    author, of = caller("author_xa"), await subject(admin)
    path, period = await result(author, of), f"{PERIODS}/{of['period_id']}"
    await _extend(caller("officer"), period, 1)
    await end_period(admin, period, locked=True)
    assert _refusal(await author.change(path, value="11")) == (409, "period_locked")
    assert _refusal(await admin.change(path, value="11")) == (409, "period_locked")
    assert _refusal(await author.post(RESULTS, {**of, "country": "XA"})) == (409, "period_locked")


@pytest.mark.usefixtures("one_day")
async def test_a_result_is_late_after_its_last_day(admin: Caller, caller: Callers) -> None:
    author, of = caller("author_xa"), await subject(admin)
    path = await result(author, of)
    assert (await admin.change(f"{PERIODS}/{of['period_id']}", due_on="2020-01-02")).status_code == 200
    assert (await author.get(path)).json()["late"] is None
    assert (await author.step(path, "submit")).json()["late"] is True
    await caller("officer").step(path, "return", reason="Check")
    await admin.change(f"{PERIODS}/{of['period_id']}", due_on="2090-01-01")
    assert (await author.step(path, "submit")).json()["late"] is True


async def test_the_close_of_a_period_stops_those_who_submit_at_the_same_time(
    admin: Caller, caller: Callers, database: Database, superuser: asyncpg.Connection
) -> None:
    author, of = caller("author_xa"), await subject(admin)
    path = await result(author, of)
    etag = (await author.get(path)).headers["etag"]
    await superuser.execute("UPDATE action_period SET closes_on = '2020-01-03' WHERE id = $1", UUID(of["period_id"]))
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await apply_scheduled(uow)
        submitting = asyncio.create_task(author.post(f"{path}/transitions", {"action": "submit"}, etag=etag))
        while not await superuser.fetchval(_WAITING):
            assert not submitting.done()
            await asyncio.sleep(0.01)
    response = await submitting
    assert (response.status_code, response.json()["reason"]) == (409, "period_closed")
    assert (await author.get(path)).json()["status"] == "draft"


async def test_a_revision_replaces_the_published_result_once_it_is_published(admin: Caller, caller: Callers) -> None:
    author, of = caller("author_xa"), await subject(admin)
    path = await result(author, of, comment="First count")
    assert _refusal(await author.post(f"{path}/revisions", {"reason": "Counted anew"})) == (409, "result_not_published")
    await published(author, path)
    await end_period(admin, f"{PERIODS}/{of['period_id']}")
    for refused in ({}, {"reason": "x", "value": 1}, {"reason": "x", "country": "XB"}):
        assert (await author.post(f"{path}/revisions", refused)).status_code == 422
    assert (await caller("focal_xa").post(f"{path}/revisions", {"reason": "x"})).status_code == 403
    made = await author.post(f"{path}/revisions", {"reason": "Counted anew", "value": "11"})
    assert made.status_code == 201, made.text
    revision, shown = made.json()["links"]["self"], made.json()
    assert made.headers["location"] == revision
    assert (shown["revision"], shown["revision_of"], shown["status"]) == (2, id_of(path), "draft")
    assert (shown["value"], shown["comment"], shown["late"]) == ("11", "First count", False)
    assert _refusal(await author.post(f"{path}/revisions", {"reason": "Again"})) == (409, "revision_open")
    assert (await author.change(revision, value="12")).json()["value"] == "12"
    other = caller("author_xb")
    assert (await other.get(path)).json()["status"] == "published"
    assert (await other.get(revision)).status_code == 404
    final = await published(author, revision)
    old = (await other.get(path)).json()
    assert old["ended_at"] == final["published_at"]
    assert (old["status"], old["superseded_by"], old["value"]) == ("superseded", id_of(revision), "10")
    history = (await author.get(f"{revision}/history")).json()["items"]
    assert (history[-1]["action"], history[-1]["reason"]) == ("create", "Counted anew")
    third = (await author.post(f"{revision}/revisions", {"reason": "Once more"})).json()
    assert (third["revision"], third["revision_of"]) == (3, id_of(revision))


async def test_only_the_secretariat_revises_in_a_locked_period(admin: Caller, caller: Callers) -> None:
    author, of = caller("author_xa"), await subject(admin)
    path = await result(author, of)
    await published(author, path)
    await end_period(admin, f"{PERIODS}/{of['period_id']}", locked=True)
    reason = {"reason": "A misprint", "value": "11"}
    assert _refusal(await author.post(f"{path}/revisions", reason)) == (409, "period_locked")
    revision = (await admin.post(f"{path}/revisions", reason)).json()["links"]["self"]
    assert await refusal(author, revision, "submit") == "period_locked"
    assert (await admin.step(revision, "submit")).status_code == 200
    for name, verb in (("focal_xa", "approve"), ("officer", "accept"), ("government_xa", "publish")):
        assert (await caller(name).step(revision, verb)).status_code == 200
    assert (await author.get(path)).json()["status"] == "superseded"


async def test_a_revision_of_a_retracted_result_is_published_alone(admin: Caller, caller: Callers) -> None:
    author, of = caller("author_xa"), await subject(admin)
    path = await result(author, of)
    await published(author, path)
    revision = (await author.post(f"{path}/revisions", {"reason": "Counted anew"})).json()["links"]["self"]
    await caller("government_xa").step(path, "retract", reason="Wrong unit")
    assert (await published(author, revision))["status"] == "published"
    assert (await author.get(path)).json()["status"] == "retracted"
