"""What countries answer about their completion in progress reports."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Select, Text, Uuid, and_, bindparam, cast, column, exists, func, or_, select, true
from sqlalchemy.dialects.postgresql import JSONB, distinct_on
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import TableValuedAlias

from services.actions.measurement.periods.tables import period
from services.actions.reporting.assessments.domain import LARGEST, PILLAR, SelfAssessment, Subject, Wanted
from services.actions.reporting.report_sections.tables import section
from services.actions.reporting.report_templates.tables import report_template
from services.actions.reporting.reports.domain import PUBLISHED, SUBMITTED
from services.actions.reporting.reports.tables import report
from shared.database.context import within_context
from shared.database.statements import Connection, Row, Shapes
from shared.questionnaires.template import SELF_ASSESSMENT
from shared.records.access_scope import AccessKind, AccessScope, constant, visible

_ACTION = "action"
_r, _s = report.c, section.c
_OF_PERIODS: Mapping[str, ColumnElement[bool]] = {
    "code": exists().where(period.c.id == _r.period_id, period.c.code == bindparam("period", type_=Text)),
    "id": _r.period_id == bindparam("period", type_=Uuid),
}


def _answers(access_kind: AccessKind, by: str) -> Select[Any]:
    is_whole = visible(report, access_kind, ())
    place = _r.programme_id, _r.period_id
    latest = (
        select(_r.id, *place, _r.template_id, is_whole.label("is_whole"))
        .where(
            visible(report, access_kind, PUBLISHED),
            _r.country == bindparam("country"),
            _r.status.in_([constant(status) for status in SUBMITTED]),
            *([_OF_PERIODS[by]] if by else []),
        )
        .ext(distinct_on(*place))
        .order_by(*place, _r.submitted_at.desc(), _r.id.desc())
        .subquery("latest")
    )
    asked = _elements(report_template.c.sections, "asked")
    question = _elements(asked.c.value["questions"], "question")
    is_answered = and_(_s.report_id == latest.c.id, _s.key == asked.c.value["key"].astext)
    places = latest.join(report_template, report_template.c.id == latest.c.template_id)
    rows = places.join(asked, true()).join(question, true()).join(section, is_answered)
    completion: ColumnElement[Any] = _s.answers.op("->>", return_type=Text)(question.c.value["key"].astext)
    repeat = asked.c.value["repeat"].astext
    place_of = latest.c.id, latest.c.programme_id, latest.c.period_id
    columns = *place_of, repeat.label("repeat"), _s.item, completion.label("completion")
    query = (
        select(*columns)
        .select_from(rows)
        .where(
            question.c.value["type"].astext == constant(SELF_ASSESSMENT),
            or_(repeat.is_(None), repeat == constant(_ACTION), repeat == constant(PILLAR)),
            completion.is_not(None),
            or_(latest.c.is_whole, cast(question.c.value["public"].astext, Boolean)),
        )
    )
    return within_context(query.limit(LARGEST + 1))


def _elements(array: ColumnElement[Any], name: str) -> TableValuedAlias:
    return func.jsonb_array_elements(array).table_valued(column("value", JSONB), name=name)


_ANSWERS = Shapes(_answers)


async def self_assessments(
    connection: Connection, access: AccessScope, wanted: Wanted
) -> Mapping[Subject, SelfAssessment]:
    """The completion of programmes, pillars and actions in the latest submitted report about each period: what the
    caller may know of it. `access` is that of reports."""
    statement = _ANSWERS.get(access.access_kind, wanted.by)
    rows = await statement.fetch(connection, country=wanted.country, period=wanted.period, **access.parameters)
    return {_subject(row): SelfAssessment(row["completion"], row["id"]) for row in rows}


def _subject(row: Row) -> Subject:
    """The action or pillar that a repeated section is about, or the programme."""
    if row["item"] is None:
        return Subject("programme", row["programme_id"], row["period_id"])
    if row["repeat"] == PILLAR:
        return Subject(PILLAR, row["programme_id"], row["period_id"], row["item"])
    return Subject(_ACTION, UUID(row["item"]), row["period_id"])
