"""What the countries of the demonstration report on their programmes, what others find there, and what help they ask
for."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

from deploy.demonstration.accounts import Officials
from deploy.demonstration.making import Day, Making, Verbs
from deploy.demonstration.networks import Network
from deploy.demonstration.plans import Measures
from services.actions.access import ROLES
from services.actions.reporting.assessments import operations as assessments
from services.actions.reporting.assessments.schemas import AssessmentCreate
from services.actions.reporting.assessments.schemas import columns as assessment_columns
from services.actions.reporting.report_sections import operations as sections
from services.actions.reporting.report_templates import operations as templates
from services.actions.reporting.report_templates.queries import active
from services.actions.reporting.report_templates.schemas import ProgressReportTemplateCreate
from services.actions.reporting.reports import creating, parts
from services.actions.reporting.reports import operations as reports
from services.actions.reporting.reports.schemas import ReportCreate
from services.actions.reporting.reports.schemas import columns as report_columns
from services.actions.support.support_requests import operations as support
from services.actions.support.support_requests.domain import SupportDays
from services.actions.support.support_requests.schemas import SupportRequestCreate
from shared.records.access_scope import access_scope_for

TEMPLATES = Verbs.of(templates, templates.TEMPLATES)
REPORTS = Verbs(reports.REPORTS, creating.create, reports.transition, reports.update)
ASSESSMENTS = Verbs.of(assessments, assessments.ASSESSMENTS)
SUPPORT = Verbs.of(support, support.SUPPORT_REQUESTS, SupportDays())
_SECTIONS = (
    {
        "key": "summary",
        "titles": {"en": "Summary"},
        "questions": [
            {
                "key": "achieved",
                "titles": {"en": "What was achieved?"},
                "type": "text",
                "required": True,
                "public": True,
            }
        ],
    },
    {
        "key": "pillars",
        "titles": {"en": "The three actions"},
        "repeat": "pillar",
        "questions": [
            {"key": "completion", "titles": {"en": "How far is it?"}, "type": "self_assessment", "public": True}
        ],
    },
)
_COMPLETIONS = ("limited", "substantial", "complete")
_PARTS = "SELECT key, item, version FROM action_report_section WHERE report_id = $1 ORDER BY position"
_REPORTED = "SELECT EXISTS (SELECT FROM action_report WHERE programme_id = $1 AND period_id = $2)"


async def asked(making: Making, measures: Measures, day: date) -> None:
    """The questions of progress reports."""
    async with making.on(day, "actions") as opened:
        if await active(opened.uow.connection, measures.code) is not None:
            return
        body = ProgressReportTemplateCreate.model_validate(
            {
                "framework": measures.code,
                "version": str(day.year),
                "titles": {"en": "Progress report"},
                "sections": [*_SECTIONS],
            }
        )
        await opened.step(TEMPLATES, await opened.enter(TEMPLATES, body), "activate")


async def reported(
    making: Making, officials: Officials, network: Network, programme: Any, measures: Measures, year: int, last: str
) -> None:
    """A progress report on a year: written and submitted by the country, cleared by the secretariat, published. `last`
    is how far it went."""
    async with making.on(min(date(year + 1, 3, 15), making.last), "actions") as opened:
        period = measures.periods[year]
        if await opened.known(_REPORTED, programme, period):
            return
        body = {"programme_id": programme, "period_id": period}
        report = await drafted(opened, officials, network, body, year - measures.years[0])
        steps = ("submit", "take", "clear", "publish")
        who = (officials.author, officials.admin, officials.admin, officials.publisher)
        for action, by in zip(steps[: steps.index(last) + 1], who, strict=False):
            report = await opened.step(REPORTS, report, action, by=by)
        if last == "publish":
            await opened.change(REPORTS, report, officials.admin, visibility="public")


async def begun(opened: Day, officials: Officials, values: Mapping[str, Any]) -> Any:
    """A report that its author has begun, without answers."""
    body = ReportCreate.model_validate(values)
    return await opened.enter(REPORTS, body, officials.author, report_columns(body))


async def drafted(opened: Day, officials: Officials, network: Network, values: Mapping[str, Any], place: int) -> Any:
    """A report in draft, with an answer in each section."""
    draft = await begun(opened, officials, values)
    for row in await opened.uow.connection.fetch(_PARTS, draft.id):
        await _written(opened, officials, network, draft, row["key"], row["item"], place)
    return await reports.REPORTS.lock(opened.uow, draft.id)


async def _written(
    opened: Day, officials: Officials, network: Network, report: Any, key: str, item: str | None, place: int
) -> None:
    answers = {
        "summary": {"achieved": f"{network.name} has restored more land than planned, and measures forty wells."},
        "pillars": {"completion": _COMPLETIONS[min(place, 2)]},
    }[key]
    access = access_scope_for(officials.author, ROLES, sections.SECTIONS.resource)
    before = await sections.lock(opened.uow, report.id, key, item, 1)
    wanted = replace(before, state="done", answers=answers, confirmed=True)
    await opened.act(officials.author, partial(parts.write_section, opened.uow, access, report.id, before, wanted))


async def assessed(
    making: Making, officials: Officials, network: Network, programme: Any, measures: Measures, day: date
) -> None:
    """What an independent assessor found of a programme, with the reply of the country."""
    async with making.on(day, "actions") as opened:
        if await opened.known("SELECT EXISTS (SELECT FROM action_assessment WHERE country = $1)", network.country):
            return
        body = AssessmentCreate.model_validate(
            {
                "subject": {"kind": "programme", "id": programme},
                "period_id": measures.periods[measures.years[1]],
                "completion": "substantial",
                "assessor": {"name": "Greta Gauge", "organisation": "Institute of Evaluation"},
                "text": {"en": "Two of three actions are ahead of their plan."},
                "date": day,
            }
        )
        found = await opened.enter(ASSESSMENTS, body, officials.admin, assessment_columns(body))
        found = await opened.step(ASSESSMENTS, found, "submit", by=officials.admin)
        reply = {"en": "The third follows with the new school year."}
        found = await opened.step(ASSESSMENTS, found, "reply", by=officials.focal_point, text=reply)
        await opened.step(ASSESSMENTS, found, "publish", by=officials.admin, visibility="public")


async def asked_for(making: Making, officials: Officials, network: Network, day: date) -> None:
    """A request for support, for which experts are sought."""
    async with making.on(day, "actions") as opened:
        if await opened.known("SELECT EXISTS (SELECT FROM action_support_request WHERE country = $1)", network.country):
            return
        body = SupportRequestCreate.model_validate(
            {
                "country": network.country,
                "titles": {"en": "Map of the wetlands"},
                "need": {"en": "We want to map what was restored, and lack somebody who reads satellite images."},
                "kind": "science",
                "keywords": ["wetlands", "monitoring"],
                "languages": ["en"],
                "mode": "remote",
                "wanted_to": day + timedelta(days=120),
                "days": 10,
            }
        )
        request = await opened.enter(SUPPORT, body, officials.author)
        request = await opened.step(SUPPORT, request, "submit", by=officials.focal_point)
        await opened.step(SUPPORT, request, "accept", by=officials.officer)
