"""What everybody may know of how far the programme of a country has come: what it reports, and what was assessed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    FromClause,
    Select,
    Uuid,
    any_,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.sql.elements import ColumnElement

from services.actions.access import ROLES
from services.actions.exchange.open_data.datasets import (
    PUBLIC_ACTION,
    PUBLIC_MILESTONE,
    PUBLIC_PROGRAMME,
    is_public_centre,
)
from services.actions.measurement.periods.tables import period
from services.actions.overview.country_profiles.domain import Comparison
from services.actions.plan.actions.tables import action
from services.actions.plan.milestones.tables import milestone
from services.actions.plan.programmes.tables import programme
from services.actions.reporting.assessments.comparison import comparison
from services.actions.reporting.assessments.domain import LARGEST, PILLAR, Wanted
from services.actions.reporting.assessments.operations import ASSESSMENTS
from services.actions.reporting.assessments.tables import assessment
from services.actions.reporting.reports.operations import REPORTS
from services.actions.reporting.reports.tables import report
from shared.contracts.views import CENTRES
from shared.database.statements import Connection, Statement
from shared.kernel.principal import ANONYMOUS
from shared.records.access_scope import access_scope_for

_OF_ASSESSMENTS, OF_REPORTS = (access_scope_for(ANONYMOUS, ROLES, one.resource) for one in (ASSESSMENTS, REPORTS))
_IDS = any_(bindparam("ids", type_=ARRAY(Uuid)))


def _named(source: FromClause, titles: ColumnElement[Any], is_known: ColumnElement[bool]) -> Select[Any]:
    return select(source.c.id, cast(titles, JSONB).label("titles")).where(source.c.id == _IDS, is_known)


_plan = programme.c.ref + literal_column("' · '") + programme.c.framework
_SUBJECTS = Statement(
    union_all(
        _named(programme, func.jsonb_build_object(literal_column("'en'"), _plan), PUBLIC_PROGRAMME),
        _named(action, action.c.titles, PUBLIC_ACTION),
        _named(milestone, milestone.c.titles, PUBLIC_MILESTONE),
        _named(CENTRES, CENTRES.c.names, is_public_centre(CENTRES.c.id)),
    )
)
_PERIODS = Statement(select(period.c.id, period.c.code).where(period.c.id == _IDS).order_by(period.c.ends.desc()))
_shown = union_all(*(select(each.c.updated_at).where(each.c.id == _IDS) for each in (assessment, report))).subquery()
_CHANGED = Statement(select(func.max(_shown.c.updated_at)))


async def compared(connection: Connection, code: str) -> tuple[list[Comparison], set[UUID]]:
    """The public subjects of a country by period, the latest first; and the ids of the assessments and reports that
    say how far they have come."""
    every = await comparison(connection, _OF_ASSESSMENTS, OF_REPORTS, Wanted(code))
    found = [one for one in every[:LARGEST] if one.subject.kind != PILLAR]
    if not found:
        return [], set()
    subjects = await _SUBJECTS.fetch(connection, ids=list({one.subject.id for one in found}))
    periods = await _PERIODS.fetch(connection, ids=list({one.subject.period_id for one in found}))
    titles = {row["id"]: row["titles"] for row in subjects}
    codes = {row["id"]: (place, row["code"]) for place, row in enumerate(periods)}
    known = [one for one in found if one.subject.id in titles]
    sources = {one.own.report for one in known if one.own} | {
        one.independent.assessment for one in known if one.independent
    }
    shown = [
        Comparison(
            one.subject.kind,
            one.subject.id,
            titles[one.subject.id],
            one.subject.period_id,
            codes[one.subject.period_id][1],
            own=one.own.completion if one.own else None,
            independent=one.independent.completion if one.independent else None,
            difference=one.difference,
        )
        for one in sorted(known, key=lambda one: codes[one.subject.period_id][0])
    ]
    return shown, sources


async def changed_at(connection: Connection, ids: Iterable[UUID]) -> datetime | None:
    """When the last of these assessments and reports was changed; None without any."""
    found: datetime | None = await _CHANGED.fetchval(connection, ids=list(ids))
    return found
