"""Programmes are reminded of reports that nobody has begun, once for each period and day of a plan."""

from collections.abc import AsyncIterator, Callable
from datetime import date, timedelta
from itertools import count
from uuid import UUID

import asyncpg
import pytest

from services.actions.plan.programmes.domain import LIFECYCLE
from services.actions.reporting.reports.operations import remind, remind_of_missing
from services.actions.settings import ActionsSettings
from shared.contracts import actions as facts
from shared.contracts import reporting
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.errors import Unavailable
from tests.actions.neighbours import change
from tests.actions.programme import PROGRAMMES, living_committee, steps
from tests.support.callers import Caller
from tests.support.clock import run_on
from tests.support.progress import PERIODS, Reporting, publish

Callers = Callable[[str | None], Caller]
DUE, LATE = facts.PROGRAMME_REPORT_DUE, facts.PROGRAMME_REPORT_LATE
_years = count(2100)


class Owing:
    """A launched programme, whose report of a period is due in a year in which no other is."""

    def __init__(self, reporting: Reporting, due: date, database: Database, superuser: asyncpg.Connection) -> None:
        self.reporting, self.due = reporting, due
        self.path = f"{PROGRAMMES}/{reporting.programme_id}"
        self.period = f"{PERIODS}/{reporting.period_id}"
        self._database, self._superuser = database, superuser

    async def remind(self, days: int, *, workers: int = 1) -> list[str]:
        """The reminders of the programme, once its schedule has run so many days after the last day."""
        await run_on(self.due + timedelta(days=days), remind_of_missing, self._database, workers=workers)
        return await self.reminders()

    async def reminders(self) -> list[str]:
        """The types of the reminders of the programme, in their order."""
        found = "SELECT type FROM core_outbox WHERE subject = $1 AND type = ANY($2) ORDER BY id"
        rows = await self._superuser.fetch(found, UUID(self.reporting.programme_id), [DUE, LATE])
        return [row["type"] for row in rows]

    async def set(self, **values: object) -> None:
        """Other values for the programme's row."""
        await change(self._superuser, "action_programme", UUID(self.reporting.programme_id), **values)


@pytest.fixture
async def wide(settings: ActionsSettings) -> AsyncIterator[Database]:
    """The service's own database role, on several connections."""
    opened = await Database.open(settings.database_dsn(), size=4)
    yield opened
    await opened.close()


@pytest.fixture
async def owing(caller: Callers, admin: Caller, wide: Database, superuser: asyncpg.Connection) -> Owing:
    due = date(next(_years), 6, 30)
    begun = await Reporting.begun(caller("author_xa"), due_on=str(due), closes_on=str(due + timedelta(days=400)))
    await living_committee(superuser, "XA")
    made = Owing(begun, due, wide, superuser)
    await steps(admin, made.path, "launch")
    await made.set(started_on=date(2026, 1, 1))
    return made


async def test_a_programme_without_a_report_has_four_reminders(owing: Owing, admin: Caller) -> None:
    version = (await admin.get(owing.path)).json()["version"]
    period = (await admin.get(owing.period)).json()
    counted = [len(await owing.remind(days, workers=4)) for days in (-31, -30, -29, -7, 0, 1, 8, 61, 62)]
    assert counted == [0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert await owing.reminders() == [DUE, DUE, LATE, LATE]
    assert (await admin.get(owing.path)).json()["version"] == version
    assert (await admin.get(owing.period)).json() == period
    (line,) = (await admin.get(f"{owing.path}/history?limit=1")).json()["items"]
    assert (line["action"], line["by"]["kind"]) == ("remind", "system")
    assert line["changes"] == [{"pointer": "/period", "before": None, "after": "2026"}]


@pytest.mark.parametrize("status", LIFECYCLE.states)
async def test_programmes_under_way_are_reminded(owing: Owing, status: str) -> None:
    await owing.set(status=status)
    is_under_way = status in ("designing", "plan_review", "approved", "implementing")
    assert await owing.remind(-7) == ([DUE] if is_under_way else [])


async def test_a_resumed_programme_is_reminded_from_the_next_day_of_the_plan(owing: Owing) -> None:
    await owing.set(status="paused")
    assert await owing.remind(-7) == []
    await owing.set(status="implementing")
    assert (await owing.remind(-6), await owing.remind(1)) == ([], [LATE])


async def test_a_period_that_was_over_before_the_programme_is_not_owed(
    owing: Owing, superuser: asyncpg.Connection
) -> None:
    days = {"starts": date(2020, 1, 1), "ends": date(2020, 12, 31)}
    await change(superuser, "action_period", UUID(owing.reporting.period_id), code="2020", **days)
    assert await owing.remind(-7) == []


async def test_a_report_has_reminders_of_its_own(owing: Owing, wide: Database, superuser: asyncpg.Connection) -> None:
    assert await owing.remind(-30) == [DUE]
    path = await owing.reporting.report()
    assert await owing.remind(-7) == [DUE]
    await run_on(owing.due - timedelta(days=7), remind, wide)
    of_report = "SELECT count(*) FROM core_outbox WHERE subject = $1 AND type = $2"
    assert await superuser.fetchval(of_report, UUID(path[-36:]), reporting.REPORT_REPORT_DUE) == 1
    await owing.reporting.by.step(path, "discard")
    assert await owing.remind(1) == [DUE, LATE]


async def test_a_programme_that_reported_is_not_reminded_until_the_report_is_retracted(
    owing: Owing, admin: Caller
) -> None:
    path = await owing.reporting.submitted()
    assert await owing.remind(-30) == []
    await publish(admin, path)
    assert await owing.remind(-7) == []
    await steps(admin, path, "retract", reason="Wrong numbers")
    assert await owing.remind(1) == [LATE]


async def test_another_last_day_has_another_plan(owing: Owing, admin: Caller) -> None:
    assert await owing.remind(-30) == [DUE]
    later = owing.due + timedelta(days=60)
    assert (await admin.change(owing.period, due_on=str(later))).status_code == 200
    counted = [len(await owing.remind(days)) for days in (-7, 1, 29, 30, 31, 53, 61)]
    assert counted == [1, 1, 1, 2, 2, 3, 4]
    assert await owing.reminders() == [DUE, DUE, DUE, LATE]
    assert (await admin.change(owing.period, due_on=str(owing.due + timedelta(days=58)))).status_code == 200
    assert len(await owing.remind(62)) == 4, "the day after the last one was reminded of"


@pytest.mark.parametrize(
    ("before", "after", "reminded"),
    [(-40, 2, [LATE]), (-40, -1, [DUE]), (-31, 65, [LATE]), (-40, 10, []), (-24, -23, [DUE])],
)
async def test_a_clock_that_jumps_reminds_of_the_last_day_alone(
    owing: Owing, before: int, after: int, reminded: list[str]
) -> None:
    for days in (before, after, after):
        await owing.remind(days)
    assert await owing.reminders() == reminded


async def test_a_period_that_has_not_opened_reminds_of_nothing(owing: Owing, admin: Caller) -> None:
    opens = owing.due - timedelta(days=5)
    body = {"framework": owing.reporting.code, "code": "2027", "starts": "2027-01-01", "ends": "2027-12-31"}
    days = {"opens_on": str(opens), "due_on": str(owing.due), "closes_on": str(owing.due)}
    assert (await admin.post(PERIODS, {**body, **days})).status_code == 201
    assert await owing.remind(-7) == [DUE], "of the period that is open"
    assert await owing.remind(-5) == [DUE, DUE]
    assert await owing.remind(-4) == [DUE, DUE]


async def test_a_lost_connection_loses_and_repeats_no_reminder(
    owing: Owing, wide: Database, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = owing.due - timedelta(days=7)

    async def is_cut_off() -> None:
        async with unit_of_work(wide, SYSTEM_CONTEXT) as uow:
            await remind_of_missing(uow)
            await uow.flush()
            own = await uow.connection.fetchval("SELECT pg_backend_pid()")
            await superuser.execute("SELECT pg_terminate_backend($1, 5000)", own)

    with monkeypatch.context() as patch:
        patch.setattr("services.actions.reporting.reports.operations.today", lambda: day)
        with pytest.raises(Unavailable):
            await is_cut_off()
    assert await owing.reminders() == []
    assert await owing.remind(-7, workers=4) == [DUE]
