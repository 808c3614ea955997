"""Reports that centres owe for the years of a term."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.centres.reporting.annual_reports import operations, queries, schemas
from services.centres.reporting.annual_reports.domain import Period, periods_of
from shared.contracts.centres import ANNUAL_REPORT_OVERDUE
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import UnitOfWork, unit_of_work
from shared.kernel.clock import today
from tests.support.callers import CALLERS, Caller, grant, person
from tests.support.centres import DOCUMENT, entered, refused, sections, stepped
from tests.support.clock import run_on
from tests.support.reports import ANSWERED, REPORTS, TEMPLATES, Callers, Record, ReportingCentre


def _on(monkeypatch: pytest.MonkeyPatch, day: date) -> None:
    """Reports are read and written on this day."""
    for module in (operations, queries, schemas):
        monkeypatch.setattr(module, "today", lambda: day)


def test_a_term_has_a_period_for_each_year() -> None:
    whole = periods_of(date(2024, 2, 29), date(2028, 2, 28))
    assert whole[0] == Period(date(2024, 2, 29), date(2025, 2, 27))
    assert [one.starts.year for one in whole] == [2024, 2025, 2026, 2027, 2028]
    assert periods_of(date(2026, 1, 1), date(2029, 12, 31))[3] == Period(date(2029, 1, 1), date(2029, 12, 31))
    assert periods_of(date(2026, 1, 1), date(2026, 6, 30)) == [Period(date(2026, 1, 1), date(2026, 6, 30))]
    for earlier, later in pairwise(whole):
        assert later.starts == earlier.ends + timedelta(days=1)


async def test_a_designation_makes_a_report_for_each_year(centre: ReportingCentre) -> None:
    reports = await centre.reports()
    assert [one["number"] for one in reports] == [1, 2, 3, 4, 5][: len(reports)]
    assert len(reports) in (4, 5)
    assert reports[0]["period"]["starts"] == centre.record["term"]["starts"]
    assert reports[-1]["period"]["ends"] == centre.record["term"]["ends"]
    for one in reports:
        due = date.fromisoformat(one["period"]["ends"]) + timedelta(days=60)
        assert (one["status"], one["due"], one["year"]) == (
            "due",
            due.isoformat(),
            int(one["period"]["ends"][:4]),
        )


async def test_the_light_follows_the_last_day(centre: ReportingCentre, monkeypatch: pytest.MonkeyPatch) -> None:
    report = (await centre.reports())[-1]
    due = date.fromisoformat(report["due"])
    for days, light, over in ((0, "green", 0), (1, "yellow", 1), (30, "yellow", 30), (31, "red", 31)):
        _on(monkeypatch, due + timedelta(days=days))
        shown = (await centre.admin.get(report["links"]["self"])).json()
        assert (shown["light"], shown["days_overdue"]) == (light, over)
        found = (await centre.admin.get(f"{REPORTS}?centre_id={centre.record['id']}&light={light}")).json()["items"]
        assert report["id"] in [one["id"] for one in found]


async def test_each_light_is_announced_once_also_after_an_outage(
    centre: ReportingCentre, database: Database, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = (await centre.reports())[-1]
    due = date.fromisoformat(report["due"])

    async def facts_after(days: int) -> int:
        _on(monkeypatch, due + timedelta(days=days))
        for _ in range(2):
            async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
                await operations.apply_scheduled(uow)
        version = (await centre.admin.get(report["links"]["self"])).json()["version"]
        return int(version) - 1

    assert [await facts_after(days) for days in (0, 1, 30, 31, 90)] == [0, 1, 1, 2, 2]
    other = (await centre.reports())[-2]
    assert other["version"] == 3, "an outage over both days announces both"
    lines = (await centre.admin.get(f"{other['links']['self']}/history")).json()["items"]
    assert [line["action"] for line in lines] == ["become_overdue", "become_overdue", "create"]


async def test_four_workers_announce_each_light_once_though_one_is_killed(
    centre: ReportingCentre, wide: Database, superuser: asyncpg.Connection
) -> None:
    other, report = (await centre.reports())[-2:]
    due = date.fromisoformat(report["due"])

    async def killed(uow: UnitOfWork) -> None:
        await operations.apply_scheduled(uow)
        raise ConnectionError

    killed.__module__ = operations.__name__
    for days, count in ((1, 1), (31, 2), (90, 2)):
        day = due + timedelta(days=days)
        with pytest.raises(ConnectionError):
            await run_on(day, killed, wide)
        await run_on(day, operations.apply_scheduled, wide, workers=4)
        assert await _overdue(superuser, report) == count
    assert await _overdue(superuser, other) == 2


async def _overdue(superuser: asyncpg.Connection, report: Record) -> int:
    query = "SELECT count(*) FROM core_outbox WHERE subject = $1 AND type = $2"
    return int(await superuser.fetchval(query, UUID(report["id"]), ANNUAL_REPORT_OVERDUE))


async def test_the_list_has_the_reports_of_a_year_and_those_due_before_a_day(centre: ReportingCentre) -> None:
    reports = await centre.reports()
    query = f"{REPORTS}?centre_id={centre.record['id']}"

    async def found(more: str) -> list[str]:
        return [one["id"] for one in (await centre.admin.get(f"{query}&{more}")).json()["items"]]

    keys, year = [one["id"] for one in reports], reports[1]["year"]
    assert await found(f"year={year}&sort=due") == [one["id"] for one in reports if one["year"] == year]
    assert await found(f"due_before={reports[2]['due']}&sort=due") == keys[:2]
    assert await found("sort=-due") == keys[::-1]
    for wrong in ("year=27", "due_before=soon", "light=blue", "kind=monthly"):
        refusal = await centre.admin.get(f"{query}&{wrong}")
        assert (refusal.status_code, refusal.json()["code"]) == (400, "invalid_parameter"), wrong


async def test_a_missing_answer_is_named(centre: ReportingCentre) -> None:
    report = await centre.started()
    assert report["completeness"] == {"answered": 0, "required": 2}
    path = report["links"]["self"]
    await centre.officer.change(path, answers={"summary": "Twelve stations"})
    blocked = await centre.officer.step(path, "submit")
    assert (blocked.status_code, blocked.json()["reason"]) == (409, "answers_missing"), blocked.text
    assert [error["pointer"] for error in blocked.json()["errors"]] == ["/figures/staff"]
    shown = (await centre.officer.change(path, figures={"staff": 3})).json()
    assert shown["completeness"] == {"answered": 2, "required": 2}
    assert (await stepped(centre.officer, shown, "submit"))["light"] is None


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"answers": {"unknown": "x"}}, "/answers/unknown"),
        ({"answers": {"staff": 3}}, "/answers/staff"),
        ({"answers": {"summary": 3}}, "/answers/summary"),
        ({"figures": {"staff": -1}}, "/figures/staff"),
        ({"figures": {"staff": "1.5"}}, "/figures/staff"),
        ({"figures": {"staff": 1.5}}, "/figures/staff"),
        ({"documents": [DOCUMENT] * 21}, "/documents"),
        ({"documents": [{"title": "Undated"}]}, "/documents/0/date"),
        ({"status": "accepted"}, "/status"),
    ],
)
async def test_other_answers_are_refused(centre: ReportingCentre, body: dict[str, Any], pointer: str) -> None:
    path = (await centre.started())["links"]["self"]
    response = await centre.officer.change(path, **body)
    assert response.status_code == 422, response.text
    assert response.json()["errors"][0]["pointer"].startswith(pointer)


async def test_copied_answers_are_confirmed(centre: ReportingCentre) -> None:
    await centre.accepted()
    second = await centre.started(2)
    assert (second["answers"], second["prefilled"]) == ({"needs": "A boat"}, ["needs"])
    path = second["links"]["self"]
    await centre.officer.change(path, answers={"summary": "More"}, figures={"staff": 13})
    shown = (await centre.officer.get(path)).json()
    assert await refused(centre.officer, shown, "submit") == "prefill_unconfirmed"
    submitted = await stepped(centre.officer, shown, "submit", fields={"confirm_prefilled": True})
    assert (submitted["prefilled"], submitted["answers"]["needs"]) == ([], "A boat")


async def test_a_changed_answer_needs_no_confirmation(centre: ReportingCentre) -> None:
    await centre.accepted()
    path = (await centre.started(2))["links"]["self"]
    changed = await centre.officer.change(path, answers={"summary": "More", "needs": "Two"}, figures={"staff": 13})
    assert changed.json()["prefilled"] == []
    await stepped(centre.officer, changed.json(), "submit")


async def test_whoever_submits_does_not_accept(centre: ReportingCentre) -> None:
    path = (await centre.started())["links"]["self"]
    changed = (await centre.officer.change(path, **ANSWERED)).json()
    submitted = await stepped(centre.officer, changed, "submit")
    accept = next(one for one in submitted["allowed_actions"] if one["action"] == "accept")
    assert (accept["allowed"], accept["reason"]) == (False, "not_permitted")
    assert (await centre.officer.step(path, "accept")).status_code == 403
    returned = await stepped(
        centre.admin, submitted, "return", reason="Unclear", fields={"comments": {"summary": "Which stations?"}}
    )
    assert (returned["status"], returned["comments"]) == ("draft", {"summary": "Which stations?"})
    assert (await centre.officer.change(path, visibility="network")).status_code == 200


async def test_everybody_reads_what_is_public_of_an_accepted_report(centre: ReportingCentre, anonymous: Caller) -> None:
    report = await centre.accepted(visibility="public")
    shown = (await anonymous.get(report["links"]["self"])).json()
    assert (shown["answers"], shown["figures"]) == ({"summary": "Twelve stations"}, {"staff": 12})
    for name in ("comments", "prefilled", "documents", "completeness", "created_by"):
        assert shown.get(name) is None
    assert [one["id"] for one in await centre.reports(anonymous)] == [report["id"]]
    await stepped(centre.admin, report, "reopen", reason="A figure was wrong")
    assert (await anonymous.get(report["links"]["self"])).status_code == 404


async def test_a_submitted_report_does_not_change(centre: ReportingCentre) -> None:
    report = await centre.accepted()
    assert (await centre.officer.change(report["links"]["self"], figures={"staff": 1})).status_code == 409
    due = (await centre.reports())[1]
    assert (await centre.officer.change(due["links"]["self"], figures={"staff": 1})).status_code == 409


async def test_later_questions_leave_old_reports(centre: ReportingCentre, admin: Caller, questions: Record) -> None:
    report = await centre.started()
    other = [{"key": "other", "titles": {"en": "Other"}, "questions": sections()[0]["questions"][:1]}]
    body = {"kind": "annual_report", "version": uuid4().hex, "titles": {"en": "Year"}, "sections": other}
    await stepped(admin, await entered(admin, TEMPLATES, body), "activate")
    changed = (await centre.officer.change(report["links"]["self"], **ANSWERED)).json()
    assert changed["template_version"] == questions["template_version"]
    await stepped(centre.officer, changed, "submit")


async def test_closing_waives_what_has_not_begun(centre: ReportingCentre) -> None:
    await stepped(centre.admin, centre.record, "close", reason="The host has left")
    states = {one["period"]["starts"]: one["status"] for one in await centre.reports()}
    now = today().isoformat()
    assert {starts: status for starts, status in states.items() if starts > now} == {
        starts: "waived" for starts in states if starts > now
    }
    assert all(status == "due" for starts, status in states.items() if starts <= now)
    assert "waived" in states.values()


async def test_an_officer_enters_an_older_report(centre: ReportingCentre) -> None:
    body = {"centre_id": centre.record["id"], "year": 2019, "due": "2020-03-01"}
    made = await entered(centre.officer, REPORTS, body)
    assert (made["period"], made["term_id"], made["number"]) == (
        {"starts": "2019-01-01", "ends": "2019-12-31"},
        None,
        None,
    )
    twice = await centre.officer.post(REPORTS, body)
    assert (twice.status_code, twice.json()["errors"][0]["pointer"]) == (409, "/year"), twice.text
    early = await centre.officer.post(REPORTS, {**body, "year": 2018, "due": "2018-03-01"})
    assert (early.status_code, early.json()["errors"][0]["pointer"]) == (422, "/due")
    unknown = await centre.officer.post(REPORTS, {**body, "centre_id": str(uuid4())})
    assert (unknown.status_code, unknown.json()["errors"][0]["code"]) == (422, "unknown_reference")


async def test_a_director_writes_the_report_of_their_centre_alone(
    centre: ReportingCentre, caller: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports = await centre.reports()
    for scope, status in ((centre.record["id"], 200), (str(uuid4()), 404)):
        name = f"director {uuid4()}"
        monkeypatch.setitem(CALLERS, name, person(name, grant("centre_director", "centre", scope)))
        response = await caller(name).step(reports[0]["links"]["self"], "start")
        assert response.status_code == status, response.text
