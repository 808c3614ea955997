"""Reading results, and what they are compared with."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Numeric, Select, Text, Uuid, and_, bindparam, cast, exists, func, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.elements import ColumnElement

from services.actions.indicators import domain as indicators
from services.actions.indicators.tables import indicator
from services.actions.periods.tables import period
from services.actions.results import domain
from services.actions.results.record import Result
from services.actions.results.tables import result
from services.actions.results.validation import Surroundings
from services.actions.results.values import KINDS, amount_in
from services.actions.targets.tables import target
from shared.database.context import Lookup
from shared.database.statements import Connection
from shared.records.access_scope import AccessKind, constant, visible
from shared.records.columns import as_read
from shared.records.listing import Filter, one_of, truth, values
from shared.records.plain import by_grant, listing

_r = result.c
_KEY = bindparam("key", type_=Uuid)
_SIDES = ("value", "numerator", "denominator", "code")
_earlier, _its_period, _earlier_period = result.alias("earlier"), period.alias("its"), period.alias("before")


def _shown(columns: Any, *names: str) -> ColumnElement[Any]:
    pairs = [part for name in names for part in (constant(name), _as_json(columns[name]))]
    return func.jsonb_build_object(*pairs, type_=JSONB)


def _as_json(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return cast(column, Text) if isinstance(column.type, Numeric) else column


def _same_subject(other: Any) -> ColumnElement[bool]:
    return and_(
        other.indicator_id == _r.indicator_id,
        other.country == _r.country,
        other.action_id.is_not_distinct_from(_r.action_id),
        other.centre_id.is_not_distinct_from(_r.centre_id),
    )


_of_indicator = (
    select(_shown(indicator.c, "measure", "across", "unit", "disaggregations"))
    .where(indicator.c.id == _r.indicator_id)
    .correlate(result)
    .scalar_subquery()
    .label("of_indicator")
)
_target = (
    select(_shown(target.c, "id", "value", "code"))
    .where(_same_subject(target.c), target.c.period_id == _r.period_id)
    .limit(1)
    .correlate(result)
    .scalar_subquery()
    .label("target")
)
_previous = (
    select(_shown(_earlier.c, "id", "period_id", *_SIDES))
    .select_from(_earlier)
    .join(_earlier_period, _earlier_period.c.id == _earlier.c.period_id)
    .join(_its_period, _its_period.c.id == _r.period_id)
    .where(
        _same_subject(_earlier.c),
        _earlier.c.kind == constant("actual"),
        _earlier.c.status == constant("published"),
        _earlier_period.c.ends < _its_period.c.starts,
    )
    .order_by(_earlier_period.c.ends.desc(), _earlier.c.id)
    .limit(1)
    .correlate(result)
    .scalar_subquery()
    .label("previous")
)


def visible_to(access_kind: AccessKind) -> Select[Any]:
    """The results that the caller may know of: also those of the centres of their grants."""
    return select(result).where(
        or_(visible(result, access_kind, domain.PUBLISHED), by_grant(result, _r.centre_id, access_kind))
    )


def _of(chosen: Filter, column: ColumnElement[Any], key: ColumnElement[Any], link: ColumnElement[Any]) -> Filter:
    """A filter by a column of the indicator or period."""
    return replace(chosen, condition=lambda wanted: exists().where(key == link, column == wanted))


def _by_indicator(name: str, column: ColumnElement[Any], description: str, *check: Any) -> Filter:
    return _of(values(name, column, description, *check), column, indicator.c.id, _r.indicator_id)


_COMMON = listing(
    Result,
    result,
    domain.LIFECYCLE.states,
    visible_to,
    values("kind", _r.kind, "Kinds, separated by commas", one_of(KINDS)),
    Filter("late", "true or false", truth, lambda bound: _r.late == bound),
    _by_indicator("indicator", indicator.c.code, "Codes of indicators, separated by commas"),
    _by_indicator("framework", indicator.c.framework, "Codes of frameworks, separated by commas"),
    _by_indicator("level", indicator.c.level, "Levels of indicators", one_of(indicators.LEVELS)),
    _by_indicator("side", indicator.c.side, "Sides of indicators", one_of(indicators.SIDES)),
    _of(values("period", period.c.code, "Codes of periods"), period.c.code, period.c.id, _r.period_id),
)
LISTING = replace(
    _COMMON,
    columns={name: column for name, column in _COMMON.columns.items() if name != "breakdown"},
    item_columns={
        "breakdown": _r.breakdown,
        "of_indicator": _of_indicator,
        "target": _target,
        "previous": _previous,
    },
)
_AROUND = Lookup(select(*(as_read(column) for column in (_of_indicator, _previous))).where(_r.id == _KEY).limit(1))
_REVISION = Lookup(
    select(_r.id).where(_r.revision_of == _KEY, _r.status.in_([constant(status) for status in domain.OPEN])).limit(1)
)


def surroundings(of_indicator: Mapping[str, Any], previous: Any) -> Surroundings:
    """What a result is compared with, from the columns of an item."""
    before = None if previous is None else amount_in(previous)
    return Surroundings(of_indicator["measure"], of_indicator["across"], of_indicator["disaggregations"], before)


async def surroundings_of(connection: Connection, key: UUID) -> Surroundings:
    """The same, regardless of the caller."""
    row = await _AROUND.fetchrow(connection, key=key)
    if row is None:
        raise LookupError("the result is not stored")
    return surroundings(orjson.loads(row["of_indicator"]), orjson.loads(row["previous"] or "null"))


async def has_open_revision(connection: Connection, key: UUID) -> bool:
    """Whether a revision of the result is neither published nor discarded."""
    return await _REVISION.fetchval(connection, key=key) is not None
