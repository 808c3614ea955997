"""A reporting round at work, about a quarter: its last day was some days ago, so that reports are in time, late and
returned, and results wait at each step."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from deploy.demonstration import accounting, plans
from deploy.demonstration.accounts import Officials
from deploy.demonstration.governments import TASKS
from deploy.demonstration.making import Making
from deploy.demonstration.plans import PERIODS, RESULTS, Measures
from deploy.demonstration.story import Country
from services.actions.access import ROLES
from services.actions.coordination.tasks.schemas import TaskCreate
from services.actions.coordination.tasks.schemas import columns as task_columns
from services.actions.measurement.periods.domain import span_of
from services.actions.measurement.periods.schemas import PeriodCreate
from services.actions.reporting.report_comments.operations import COMMENTS
from services.actions.reporting.report_comments.schemas import ReportCommentCreate
from services.actions.reporting.reports import parts
from services.portal.console.reporting.reminding import reminder
from shared.records.access_scope import access_scope_for
from shared.web.contract.values import row_values

_ENDED = 45
"""How many days the quarter has ended at least, so that there was time for what was done since."""
_DUE, _CLOSES = 10, 30
"""How many days ago the last day was, and in how many days the period closes."""
_RESULTS: Mapping[str, Mapping[str, str]] = {
    "XI": {"DEMO-LAND": "submit", "DEMO-WATER": "submit"},
    "XJ": {"DEMO-LAND": "accept", "DEMO-WATER": "approve", "DEMO-TEACHERS": "approve"},
    "XL": {"DEMO-LAND": "approve", "DEMO-WATER": "submit", "DEMO-TEACHERS": "submit"},
}
"""How far the results of each country are."""
_LARGE = ("XL", "DEMO-LAND")
"""The result that differs much from the one before, which the country explains."""
_RETURNED = ("XL", "DEMO-TEACHERS")
_PERIOD = "SELECT id FROM action_period WHERE framework = $1 AND code = $2"
_MEASURED = "SELECT EXISTS (SELECT FROM action_result WHERE country = $1 AND period_id = $2)"
_REPORTED = "SELECT EXISTS (SELECT FROM action_report WHERE programme_id = $1 AND period_id = $2)"
_REMINDED = "SELECT EXISTS (SELECT FROM action_task WHERE about_record = $1)"


async def at_work(making: Making, officials: Officials, countries: Mapping[str, Country], measures: Measures) -> None:
    """The round. The paused programme and the one whose plan is reviewed owe a report that nobody has begun."""
    code = quarter_before(making.ago(_ENDED))
    period = await _opened(making, measures, code)
    for country in _RESULTS:
        await _measured(making, officials, country, measures, period)
    programmes = {country: await countries[country].programme_id() for country in ("XI", "XJ", "XL", "XM")}
    await _in_review(making, officials, countries["XJ"], programmes["XJ"], period)
    await _returned(making, officials, countries["XL"], programmes["XL"], period)
    async with making.on(making.ago(4), "actions") as opened:
        if not await opened.known(_REPORTED, programmes["XI"], period):
            later = making.last + timedelta(days=12)
            values = {"programme_id": programmes["XI"], "period_id": period, "due_on": later}
            await accounting.begun(opened, officials, values)
    await _reminded(making, officials, "XM", programmes["XM"], code)


def quarter_before(day: date) -> str:
    """The code of the last quarter that was over on a day."""
    over = (day.month - 1) // 3
    return f"{day.year}-Q{over}" if over else f"{day.year - 1}-Q4"


async def _opened(making: Making, measures: Measures, code: str) -> UUID:
    """The period, which opens on the day after the quarter."""
    span = span_of(code)
    if span is None:
        raise ValueError(f"no period: {code}")
    starts, ends = span
    opens_on = ends + timedelta(days=1)
    async with making.on(opens_on, "actions") as opened:
        if found := await opened.uow.connection.fetchval(_PERIOD, measures.code, code):
            return UUID(str(found))
        body = PeriodCreate.model_validate(
            {
                "framework": measures.code,
                "code": code,
                "starts": starts,
                "ends": ends,
                "opens_on": opens_on,
                "due_on": making.ago(_DUE),
                "closes_on": making.last + timedelta(days=_CLOSES),
            }
        )
        return UUID(str((await opened.enter(PERIODS, body)).id))


async def _measured(making: Making, officials: Officials, country: str, measures: Measures, period: UUID) -> None:
    async with making.on(making.ago(14), "actions", (country,)) as opened:
        if await opened.known(_MEASURED, country, period):
            return
        for code, last in _RESULTS[country].items():
            number = plans.number_of(code, country, plans.YEARS)
            more: dict[str, Any] = {}
            if (country, code) == _LARGE:
                why = "The flood plain of the lower river was given back at once."
                number = {"value": str(2 * int(number["value"])), "comment": why}
                more = {"acknowledge": ["large_change"], "reason": why}
            subject = {"indicator_id": measures.indicators[code], "country": country, "period_id": period}
            result = await plans.entered(opened, officials, {**subject, **number}, last, **more)
            if (country, code) == _RETURNED:
                asked = "The number seems to have the pupils in it. Please count the teachers alone."
                await opened.step(RESULTS, result, "return", by=officials.admin, reason=asked)


async def _in_review(making: Making, officials: Officials, of: Country, programme: UUID, period: UUID) -> None:
    """A report that came in time, with a question of the officer who reviews it."""
    async with making.on(making.ago(13), "actions") as opened:
        if await opened.known(_REPORTED, programme, period):
            return
        values = {"programme_id": programme, "period_id": period}
        report = await accounting.drafted(opened, officials, of.network, values, 2)
        report = await opened.step(accounting.REPORTS, report, "submit", by=officials.author)
        report = await opened.step(accounting.REPORTS, report, "take", by=officials.officer)
        question = {"section": "summary", "text": "Which of the forty wells could not be measured?"}
        body = ReportCommentCreate.model_validate(question)
        access = access_scope_for(officials.officer, ROLES, COMMENTS.resource)
        new = COMMENTS.new(row_values(body, COMMENTS.table))
        await opened.act(officials.officer, partial(parts.comment, opened.uow, access, report.id, of.code, new))


async def _returned(making: Making, officials: Officials, of: Country, programme: UUID, period: UUID) -> None:
    """A report that came in time and was returned, and is late again."""
    async with making.on(making.ago(12), "actions") as opened:
        if await opened.known(_REPORTED, programme, period):
            return
        values = {"programme_id": programme, "period_id": period}
        report = await accounting.drafted(opened, officials, of.network, values, 2)
        report = await opened.step(accounting.REPORTS, report, "submit", by=officials.author)
        report = await opened.step(accounting.REPORTS, report, "take", by=officials.officer)
        asked = "The summary repeats that of the year before. What was achieved in this quarter?"
        await opened.step(accounting.REPORTS, report, "return", by=officials.officer, reason=asked)


async def _reminded(making: Making, officials: Officials, country: str, programme: UUID, code: str) -> None:
    """A reminder of a report that nobody has begun, as the page of the round gives it."""
    async with making.on(making.ago(5), "actions") as opened:
        if await opened.known(_REMINDED, programme):
            return
        body = TaskCreate.model_validate(
            {
                "country": country,
                "titles": reminder(code),
                "due": making.last + timedelta(days=9),
                "priority": "high",
                "owner": {"role": "national_author"},
                "about": {"kind": "other", "id": programme},
            }
        )
        await opened.enter(TASKS, body, officials.officer, task_columns(body))
