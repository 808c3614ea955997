"""New reports, with a section for each item of what their template asks."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from services.actions.measurement.periods import queries as periods
from services.actions.measurement.periods.record import Period
from services.actions.plan.frameworks.domain import PILLARS
from services.actions.plan.programmes.domain import PUBLISHED as PROGRAMMES_PUBLISHED
from services.actions.plan.programmes.queries import programme_of
from services.actions.plan.programmes.record import Programme
from services.actions.reporting.report_sections import queries as sections
from services.actions.reporting.report_sections.domain import EMPTY, copied
from services.actions.reporting.report_sections.operations import SECTIONS
from services.actions.reporting.report_sections.record import ReportSection
from services.actions.reporting.report_templates import queries as templates
from services.actions.reporting.report_templates.domain import ACTION, INDICATOR, PILLAR, questions_by_section
from services.actions.reporting.report_templates.record import ReportTemplate
from services.actions.reporting.reports import queries
from services.actions.reporting.reports.operations import REPORTS, experts_in
from services.actions.reporting.reports.record import Report
from shared.auth.independence import with_author
from shared.database.context import SYSTEM_CONTEXT
from shared.database.locks import lock_names
from shared.database.statements import Connection
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import Conflict, FieldError, Invalid, invalid_field, unknown_reference
from shared.records.access_scope import AccessScope
from shared.records.references import require_known
from shared.records.requirements import require, require_publishing


async def create(uow: UnitOfWork, access: AccessScope, new: Report) -> Report:
    """Inserts a draft with its sections; their answers are copied from the report that it replaces, else from the last
    one about an earlier period.

    Raises Invalid for an unknown programme, period, template or contributor, Forbidden outside the grants, Conflict if
    the programme has another report about the period that is open, or a published one that this does not replace.
    """
    known = await programme_of(uow.connection, SYSTEM_CONTEXT, new.programme_id)
    programme = require_known(access.principal, known, Programme.resource_type, PROGRAMMES_PUBLISHED, "/programme_id")
    require(access, "create", programme.country)
    require_publishing(access, new.visibility, programme.country)
    period = await _period_of(uow.connection, new.period_id, programme)
    template = await _template_of(uow.connection, new, programme)
    replaced = await _replaced(uow, new)
    if replaced is not None and new.due_on not in (None, replaced.due_on):
        raise invalid_field("/due_on", "invalid_value", "It has the last day of the report that it replaces.")
    placed = replace(
        new,
        country=programme.country,
        status="draft",
        template_id=template.id,
        due_on=replaced.due_on if replaced else new.due_on or period.due_on,
        expert_ids=await experts_in(uow, new.contributors),
        authors=with_author((), uow.origin.actor),
        reported_at=replaced.reported_at if replaced else None,
    )
    made = await REPORTS.insert(uow, placed)
    await sections.insert_all(uow, await _sections(uow.connection, made, template, replaced))
    return made


async def _period_of(connection: Connection, key: UUID, programme: Programme) -> Period:
    period = await periods.get(connection, key)
    if period is None:
        raise unknown_reference("/period_id", "period")
    if period.framework != programme.framework:
        raise invalid_field("/period_id", "period_mismatch", "The period is of another framework.")
    return period


async def _template_of(connection: Connection, new: Report, programme: Programme) -> ReportTemplate:
    if new.template_id is None:
        template = await templates.active(connection, programme.framework)
        if template is None:
            detail = "The framework has no template of reports in force."
            raise invalid_field("/template_id", "required", detail)
        return template
    template = await templates.get(connection, new.template_id)
    if template is None or (template.framework, template.status) != (programme.framework, "active"):
        raise invalid_field("/template_id", "unknown_reference", "The framework has no such template in force.")
    return template


async def _replaced(uow: UnitOfWork, new: Report) -> Report | None:
    """The published report that the new one replaces. Parallel calls for one programme and period wait."""
    await lock_names(uow.connection, f"reports of {new.programme_id} {new.period_id}")
    others = await queries.living(uow.connection, new.programme_id, new.period_id)
    published = next((one for one in others if one.status == "published"), None)
    if new.replaces_id is not None and (published is None or published.id != new.replaces_id):
        raise unknown_reference("/replaces_id", "published report of this period")
    if any(one.status != "published" for one in others) or (published is not None and new.replaces_id is None):
        detail = "The programme has a report about the period: change it, or name the published one in `replaces_id`."
        raise Conflict(detail, errors=[FieldError("conflict", detail, pointer="/period_id")])
    return published


async def _sections(
    connection: Connection, report: Report, template: ReportTemplate, replaced: Report | None
) -> Sequence[ReportSection]:
    asked = questions_by_section(template.sections)
    items = await _items(connection, report, {section["repeat"] for section in template.sections})
    places = [(section["key"], item) for section in template.sections for item in items[section["repeat"]]]
    if len(places) > sections.MOST:
        raise Invalid("The template would make too many sections for this programme.")
    made = [_section(report, key, item, place) for place, (key, item) in enumerate(places)]
    if report.prefill == "none":
        return made
    before = replaced or await queries.previous(connection, report.programme_id, report.period_id)
    earlier = await sections.of_report(connection, before.id) if before else ()
    return [copied(section, asked[section.key], earlier) for section in made]


async def _items(
    connection: Connection, report: Report, repeats: set[str | None]
) -> dict[str | None, Sequence[str | None]]:
    """What sections are repeated for: what there is on the day on which the report is made."""
    items: dict[str | None, Sequence[str | None]] = {None: (None,), PILLAR: PILLARS}
    if ACTION in repeats:
        items[ACTION] = [str(key) for key in await queries.actions_of(connection, report.programme_id)]
    if INDICATOR in repeats:
        expected = await queries.expected_results(connection, report.country, report.period_id)
        items[INDICATOR] = [str(one.indicator_id) for one in expected]
    return items


def _section(report: Report, key: str, item: str | None, position: int) -> ReportSection:
    empty = {"answers": {}, "codes": [], "prefilled": [], "authors": [], "answered": [], "confirmed": False}
    placed = {"report_id": report.id, "country": report.country, "visibility": report.visibility}
    return SECTIONS.new(
        {**empty, **placed, "status": "recorded", "key": key, "item": item, "position": position, "state": EMPTY}
    )
