"""The lists of living results and of targets, with the names that rows use."""

from dataclasses import replace
from typing import Any

from sqlalchemy import Label, Select, Table, Text, and_, case, cast, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.elements import ColumnElement

from services.actions.measurement.indicators.tables import indicator
from services.actions.measurement.periods.tables import period
from services.actions.measurement.results import domain, queries
from services.actions.measurement.results.tables import result
from services.actions.measurement.targets.queries import LISTING as TARGETS
from services.actions.measurement.targets.tables import target
from services.actions.plan.actions.tables import action
from shared.contracts import views
from shared.records.access_scope import AccessKind, constant
from shared.records.listing import Extras, Listing

LIVING = or_(
    result.c.status == constant("published"),
    and_(result.c.revision_of.is_(None), result.c.status.in_([constant(status) for status in domain.OPEN])),
)


def _of(table: Table, source: Any, name: ColumnElement[Any], link: ColumnElement[Any]) -> ColumnElement[Any]:
    return select(name).where(source.c.id == link).correlate(table).scalar_subquery()


def _period(table: Table) -> ColumnElement[Any]:
    """The code of the period; its id for an indicator of a country, which may use periods of any framework."""
    framework = _of(table, indicator, indicator.c.framework, table.c.indicator_id)
    named = case((framework.is_not(None), period.c.code), else_=cast(period.c.id, Text))
    return _of(table, period, named, table.c.period_id)


def _named(table: Table, *more: Any) -> Label[Any]:
    columns = table.c
    pairs = {
        "indicator": _of(table, indicator, indicator.c.code, columns.indicator_id),
        "country": case(
            (func.num_nonnulls(columns.action_id, columns.centre_id) == literal_column("0"), columns.country)
        ),
        "action": _of(table, action, action.c.ref, columns.action_id),
        "centre": _of(table, views.CENTRES, views.CENTRES.c.ref, columns.centre_id),
        "period": _period(table),
    }
    members = [part for name, column in pairs.items() for part in (constant(name), column)]
    return cast(func.jsonb_build_object(*members, *more), Text).label("named")


def _living(access_kind: AccessKind) -> Select[Any]:
    return queries.visible_to(access_kind).where(LIVING)


_EVIDENCE = result.c.evidence[literal_column("0")]["evidence_id"].astext
RESULTS_EXPORTED: Listing = replace(
    queries.LISTING,
    base=_living,
    extras=Extras(
        {
            "named": _named(
                result, constant("breakdown"), cast(result.c.breakdown, JSONB), constant("evidence"), _EVIDENCE
            )
        }
    ),
)
TARGETS_EXPORTED: Listing = replace(TARGETS, extras=Extras({"named": _named(target)}))
