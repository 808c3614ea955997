"""Centres are reminded of reports and of renewals, once for each day of a reminder, and two very late reports of a term
propose a suspension once."""

from datetime import date, timedelta
from uuid import UUID

import asyncpg
import pytest

from services.centres.designation.centres import schedules as centres
from services.centres.reporting.annual_reports import operations as reports
from shared.contracts import centres as facts
from shared.database.pool import Database
from shared.kernel.clock import today
from tests.support.callers import Caller
from tests.support.centres import stepped
from tests.support.clock import run_on
from tests.support.reports import ReportingCentre

OF_REPORTS = [facts.ANNUAL_REPORT_REPORT_DUE, facts.ANNUAL_REPORT_REPORT_LATE]


async def _announced(superuser: asyncpg.Connection, record: str, types: list[str]) -> list[str]:
    """The facts about a record, in their order."""
    rows = await superuser.fetch(
        "SELECT type FROM core_outbox WHERE subject = $1 AND type = ANY($2) ORDER BY id", UUID(record), types
    )
    return [row["type"] for row in rows]


async def test_a_report_has_four_reminders(
    centre: ReportingCentre, database: Database, superuser: asyncpg.Connection
) -> None:
    report = (await centre.reports())[-1]
    due = date.fromisoformat(report["due"])
    counted = []
    for days in (-31, -30, -29, -7, 0, 1, 8, 30, 31):
        for _ in range(2):
            await run_on(due + timedelta(days=days), reports.remind, database)
        counted.append(len(await _announced(superuser, report["id"], OF_REPORTS)))
    assert counted == [0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert await _announced(superuser, report["id"], OF_REPORTS) == [OF_REPORTS[0]] * 2 + [OF_REPORTS[1]] * 2


async def test_a_reminder_is_made_up_to_six_days_late_and_for_awaited_reports_alone(
    centre: ReportingCentre, database: Database, superuser: asyncpg.Connection
) -> None:
    report, other = (await centre.reports())[-2:]
    due = date.fromisoformat(report["due"])
    await run_on(due - timedelta(days=23), reports.remind, database)
    assert await _announced(superuser, report["id"], OF_REPORTS) == []
    await run_on(due - timedelta(days=1), reports.remind, database)
    assert await _announced(superuser, report["id"], OF_REPORTS) == OF_REPORTS[:1]
    await stepped(centre.admin, other, "waive", reason="Not owed")
    await run_on(date.fromisoformat(other["due"]) - timedelta(days=7), reports.remind, database)
    assert await _announced(superuser, other["id"], OF_REPORTS) == []


async def test_four_workers_remind_once(centre: ReportingCentre, wide: Database, superuser: asyncpg.Connection) -> None:
    report = (await centre.reports())[-1]
    day = date.fromisoformat(report["due"]) - timedelta(days=7)
    await run_on(day, reports.remind, wide, workers=4)
    assert len(await _announced(superuser, report["id"], OF_REPORTS)) == 1


async def test_a_renewal_has_four_reminders(
    centre: ReportingCentre, database: Database, superuser: asyncpg.Connection
) -> None:
    ends, key = date(2031, 3, 31), centre.record["id"]
    await superuser.execute("UPDATE centre_centre SET term_ends = $2 WHERE id = $1", UUID(key), ends)
    counted = []
    days = [date(2030, 6, 29), date(2030, 6, 30), date(2030, 9, 30), date(2030, 12, 31), date(2031, 2, 28), ends]
    for day in days:
        for _ in range(2):
            await run_on(day, centres.remind, database)
        counted.append(len(await _announced(superuser, key, [facts.CENTRE_RENEWAL_REMINDER])))
    assert counted == [0, 1, 2, 3, 4, 4]


async def _announce(database: Database, day: date, *, workers: int = 1) -> None:
    await run_on(day, centres.announce_late_reports, database, workers=workers, also=(reports,))


async def test_the_second_red_report_of_a_term_proposes_a_suspension_once(
    centre: ReportingCentre, database: Database, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = [date.fromisoformat(one["due"]) for one in (await centre.reports())[:3]]
    key, type_ = centre.record["id"], [facts.CENTRE_SUSPENSION_PROPOSED]
    counted = []
    for day in (first + timedelta(days=31), second + timedelta(days=30), second + timedelta(days=31), third + LATE):
        for _ in range(2):
            await _announce(database, day)
        counted.append(len(await _announced(superuser, key, type_)))
    assert counted == [0, 0, 1, 1]
    shown = (await centre.admin.get(centre.record["links"]["self"])).json()
    assert shown["status"] == "active"
    (term,) = (await centre.admin.get(f"/centres/v1/terms?centre_id={key}")).json()["items"]
    assert term["suspension_proposed_on"] == (second + timedelta(days=31)).isoformat()
    lines = (await centre.admin.get(f"{centre.record['links']['self']}/history")).json()["items"]
    assert [line["action"] for line in lines].count("propose_suspension") == 1
    assert await _tasks(centre.admin, key) == ["suspend"]
    assert await _tasks(centre.caller(monkeypatch, "centre_director"), key) == []


LATE = timedelta(days=60)


async def _tasks(who: Caller, centre: str) -> list[str]:
    """The actions on a centre in the work list, on all pages."""
    items = await who.everything("/centres/v1/work_list?kind=centres&limit=200")
    return [item["action"] for item in items if item["id"] == centre]


async def test_the_task_is_gone_when_the_centre_is_suspended_or_the_reports_came(
    centre: ReportingCentre, database: Database
) -> None:
    reports_, key = await centre.reports(), centre.record["id"]
    await _announce(database, date.fromisoformat(reports_[1]["due"]) + LATE)
    assert await _tasks(centre.admin, key) == ["suspend"]
    suspended = await stepped(centre.admin, centre.record, "suspend", reason="No reports")
    assert await _tasks(centre.admin, key) == []
    await stepped(centre.admin, suspended, "reinstate")
    assert await _tasks(centre.admin, key) == ["suspend"]
    for report in reports_[:2]:
        await stepped(centre.admin, report, "waive", reason="Reported by letter")
    assert await _tasks(centre.admin, key) == []


async def test_a_proposal_is_made_once_by_four_workers(
    centre: ReportingCentre, wide: Database, superuser: asyncpg.Connection
) -> None:
    day = date.fromisoformat((await centre.reports())[1]["due"]) + LATE
    await _announce(wide, day, workers=4)
    await _announce(wide, day)
    assert len(await _announced(superuser, centre.record["id"], [facts.CENTRE_SUSPENSION_PROPOSED])) == 1
    assert today() < day
