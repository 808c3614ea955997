"""Reports are reminded of and become late, once for each day of a plan, and it is known who owes one."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import asyncpg
import pytest

from services.actions.reporting.reports import operations as reports
from shared.contracts import reporting
from shared.database.pool import Database
from shared.kernel.clock import today
from tests.actions.neighbours import change
from tests.actions.programme import living_committee, steps
from tests.support.callers import Caller
from tests.support.clock import calendar, run_on
from tests.support.progress import REPORTS, Reporting

Callers = Callable[[str | None], Caller]
REMINDERS = [reporting.REPORT_REPORT_DUE, reporting.REPORT_REPORT_LATE]
OVERDUE = [reporting.REPORT_OVERDUE]


async def _announced(superuser: asyncpg.Connection, path: str, types: list[str]) -> list[str]:
    """The facts about a report, in their order."""
    found = "SELECT type FROM core_outbox WHERE subject = $1 AND type = ANY($2) ORDER BY id"
    return [row["type"] for row in await superuser.fetch(found, UUID(path[-36:]), types)]


async def test_a_report_has_four_reminders(caller: Callers, database: Database, superuser: asyncpg.Connection) -> None:
    """R6, the mails."""
    due = date(2061, 3, 31)
    path = await (await Reporting.begun(caller("author_xa"))).report(due_on=str(due))
    counted = []
    for days in (-31, -30, -29, -7, 0, 1, 8, 61, 62):
        await run_on(due + timedelta(days=days), reports.remind, database, workers=4)
        counted.append(len(await _announced(superuser, path, REMINDERS)))
    assert counted == [0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert await _announced(superuser, path, REMINDERS) == [REMINDERS[0]] * 2 + [REMINDERS[1]] * 2


async def test_a_late_report_is_announced_once_for_each_light(
    caller: Callers, database: Database, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R6, the lights."""
    author, clock = caller("author_xa"), calendar(monkeypatch)
    path = await (await Reporting.begun(author)).report(due_on=str(today()))
    seen = []
    for days, passed in ((0, 0), (1, 1), (60, 59), (61, 1)):
        clock.pass_days(passed)
        for _ in range(2):
            await run_on(today(), reports.apply_scheduled, database, workers=4)
        announced = len(await _announced(superuser, path, OVERDUE))
        seen.append((days, (await author.get(path)).json()["light"], announced))
    assert seen == [(0, "green", 0), (1, "yellow", 1), (60, "yellow", 1), (61, "red", 2)]
    red = (await author.get(f"{REPORTS}?light=red&country=XA&limit=200")).json()["items"]
    assert path in {one["links"]["self"] for one in red}


async def test_both_lights_are_announced_after_an_outage(
    caller: Callers, database: Database, superuser: asyncpg.Connection
) -> None:
    path = await (await Reporting.begun(caller("author_xa"))).report(due_on="2061-03-31")
    await run_on(date(2061, 9, 1), reports.apply_scheduled, database)
    assert len(await _announced(superuser, path, OVERDUE)) == 2


async def test_a_submitted_report_is_not_late(
    caller: Callers, database: Database, superuser: asyncpg.Connection
) -> None:
    path = await (await Reporting.begun(caller("author_xa"))).submitted(due_on="2061-03-31")
    for schedule in (reports.apply_scheduled, reports.remind):
        await run_on(date(2061, 4, 1), schedule, database)
    assert await _announced(superuser, path, [*REMINDERS, *OVERDUE]) == []


async def test_what_waits_is_in_the_list_of_its_holder(caller: Callers) -> None:
    author, officer = caller("author_xa"), caller("officer")
    begun = await Reporting.begun(author)
    path = await begun.report()

    async def waits_for(by: Caller) -> bool:
        listed = (await by.get(f"{REPORTS}?holder=me&programme_id={begun.programme_id}")).json()["items"]
        return [one["links"]["self"] for one in listed] == [path]

    assert (await waits_for(author), await waits_for(officer)) == (True, False)
    await author.change(f"{path}/sections/summary", answers={"achieved": "Much."})
    await author.step(path, "submit")
    assert (await waits_for(author), await waits_for(officer)) == (False, True)


async def test_launched_programmes_owe_a_report_about_each_period(
    caller: Callers, admin: Caller, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    author, clock = caller("author_xb"), calendar(monkeypatch)
    begun = await Reporting.begun(author, "XB", due_on=str(today() + timedelta(days=1)))

    async def owed(by: Caller, **query: str) -> list[dict[str, object]]:
        found = await by.get(f"{REPORTS}/expected", params={"country": "XB", **query})
        return [one for one in found.json()["items"] if one["programme"] == begun.programme_id]

    assert await owed(author) == []
    await living_committee(superuser, "XB")
    await steps(admin, f"/actions/v1/programmes/{begun.programme_id}", "launch")
    await change(superuser, "action_programme", UUID(begun.programme_id), started_on=date(2026, 1, 1))
    (missing,) = await owed(author, period="2026")
    assert (missing["light"], missing["report"], missing["status"]) == ("green", None, None)
    assert await owed(caller("author_xa")) == []
    clock.pass_days(2)
    assert [one["light"] for one in await owed(author, light="yellow,red")] == ["yellow"]
    path = await begun.report(due_on=str(today() + timedelta(days=5)))
    (drafted,) = await owed(author)
    assert (drafted["light"], drafted["report"], drafted["status"]) == ("green", path[-36:], "draft")
    await author.change(f"{path}/sections/summary", answers={"achieved": "Much."})
    await author.step(path, "submit")
    assert [one["light"] for one in await owed(author)] == [None]
    assert (await author.get(f"{REPORTS}/expected?light=blue")).status_code == 400


async def test_reports_are_counted_by_framework_period_state_and_light(caller: Callers, admin: Caller) -> None:
    begun = await Reporting.begun(caller("author_xa"))
    path = await begun.report(due_on=str(today() - timedelta(days=1)))
    query = {"of": "reports", "framework": begun.code}
    counted = (await admin.get("/actions/v1/statistics", params={**query, "by": "country,status,period"})).json()
    (item,) = counted["items"]
    assert {"country": "XA", "status": "draft", "period": "2026", "count": 1}.items() <= item.items()
    listed = (await admin.get(item["links"]["records"])).json()["items"]
    assert path in {one["links"]["self"] for one in listed}
    lit = (await admin.get("/actions/v1/statistics", params={**query, "by": "region,light"})).json()
    assert [(one["light"], one["count"]) for one in lit["items"]] == [("yellow", 1)]
    assert (await admin.get("/actions/v1/statistics", params={**query, "light": "green"})).json()["total"] == 0
    past = {**query, "by": "light", "as_of": str(today())}
    assert (await admin.get("/actions/v1/statistics", params=past)).status_code == 400
