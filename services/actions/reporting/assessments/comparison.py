"""What independent assessments found beside what countries report."""

from collections import defaultdict
from typing import Any

from sqlalchemy import Select, Text, Uuid, and_, bindparam
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.sql.elements import ColumnElement

from services.actions.measurement.periods.tables import period
from services.actions.plan.actions.tables import action
from services.actions.reporting.assessments.domain import (
    LARGEST,
    PILLAR,
    Compared,
    IndependentAssessment,
    Subject,
    Wanted,
    compared,
)
from services.actions.reporting.assessments.queries import of_period, parameters_of, visible_to
from services.actions.reporting.assessments.self_assessments import self_assessments
from services.actions.reporting.assessments.tables import assessment
from shared.database.context import within_context
from shared.database.statements import Connection, Shapes
from shared.records.access_scope import AccessKind, AccessScope, constant

_a = assessment.c
_ACTION = and_(_a.subject_kind == constant("action"), action.c.id == _a.subject_id)
_OF_SUBJECT = (_a.subject_kind, _a.subject_id, _a.period_id)


def _independent(access_kind: AccessKind, by: str) -> Select[Any]:
    conditions: dict[str, ColumnElement[bool]] = {
        "code": of_period(period.c.code, bindparam("period", type_=Text)),
        "id": _a.period_id == bindparam("period", type_=Uuid),
    }
    columns = _a.id, _a.completion, _a.assessor, action.c.programme_id, action.c.pillar
    query = visible_to(access_kind).with_only_columns(*_OF_SUBJECT, *columns)
    query = query.select_from(assessment.outerjoin(action, _ACTION)).where(
        _a.country == bindparam("country"),
        _a.status == constant("published"),
        _a.independent,
        *([conditions[by]] if by in conditions else []),
    )
    latest = query.ext(distinct_on(*_OF_SUBJECT)).order_by(*_OF_SUBJECT, _a.date.desc(), _a.id.desc())
    return within_context(latest.limit(LARGEST + 1))


_INDEPENDENT = Shapes(_independent)


async def comparison(
    connection: Connection, access: AccessScope, of_reports: AccessScope, wanted: Wanted
) -> list[Compared]:
    """Every subject with an assessment of either side that the caller may know of; at most one more than a response
    has. `access` is that of assessments."""
    statement = _INDEPENDENT.get(access.access_kind, wanted.by)
    rows = await statement.fetch(connection, country=wanted.country, period=wanted.period, **parameters_of(access))
    independent: dict[Subject, IndependentAssessment] = {}
    of_pillars: defaultdict[Subject, list[IndependentAssessment]] = defaultdict(list)
    for row in rows:
        found = IndependentAssessment(row["completion"], row["assessor"], row["id"])
        independent[Subject(row["subject_kind"], row["subject_id"], row["period_id"])] = found
        if row["pillar"] is not None:
            of_pillars[Subject(PILLAR, row["programme_id"], row["period_id"], row["pillar"])].append(found)
    own = await self_assessments(connection, of_reports, wanted)
    return compared(own, independent, of_pillars)[: LARGEST + 1]
