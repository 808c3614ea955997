"""Reading results, and what they are compared with."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    FromClause,
    Numeric,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    cast,
    exists,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, aggregate_order_by
from sqlalchemy.sql.elements import ColumnElement

from services.actions.measurement.indicators import domain as indicators
from services.actions.measurement.indicators.queries import CODES
from services.actions.measurement.indicators.tables import indicator
from services.actions.measurement.periods.tables import period
from services.actions.measurement.results import domain
from services.actions.measurement.results.record import Result
from services.actions.measurement.results.tables import result, validation_state
from services.actions.measurement.results.validation import Applied, Surroundings
from services.actions.measurement.results.values import KINDS, amount_in
from services.actions.measurement.targets.tables import target
from shared.database.context import Lookup, within_context
from shared.database.statements import Connection, Row, Shapes
from shared.records.access_scope import AccessKind, AccessScope, constant, visible
from shared.records.columns import as_read
from shared.records.listing import Extras, Filter, Item, one_of, truth, values
from shared.records.next_steps import NextStep, NextSteps
from shared.records.plain import by_grant, listing

_r, _v = result.c, validation_state.c
_KEY = bindparam("key", type_=Uuid)
_SIDES = ("value", "numerator", "denominator", "code")
_earlier, _its_period, _earlier_period = result.alias("earlier"), period.alias("its"), period.alias("before")


def as_object(columns: Any, *names: str) -> ColumnElement[Any]:
    """A JSON object of columns, with numbers as texts."""
    pairs = [part for name in names for part in (constant(name), _as_json(columns[name]))]
    return func.jsonb_build_object(*pairs, type_=JSONB)


def _as_json(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return cast(column, Text) if isinstance(column.type, Numeric) else column


def is_same_subject(other: Any) -> ColumnElement[bool]:
    """Whether the columns of another record name the subject of the result."""
    return and_(
        other.country == _r.country,
        other.action_id.is_not_distinct_from(_r.action_id),
        other.centre_id.is_not_distinct_from(_r.centre_id),
    )


OF_INDICATOR = (
    select(as_object(indicator.c, "measure", "across", "unit", "disaggregations"))
    .where(indicator.c.id == _r.indicator_id)
    .correlate(result)
    .scalar_subquery()
    .label("of_indicator")
)
_target = (
    select(as_object(target.c, "id", "value", "code"))
    .where(target.c.indicator_id == _r.indicator_id, is_same_subject(target.c), target.c.period_id == _r.period_id)
    .limit(1)
    .correlate(result)
    .scalar_subquery()
    .label("target")
)
PREVIOUS = (
    select(as_object(_earlier.c, "id", "period_id", *_SIDES))
    .select_from(_earlier)
    .join(_earlier_period, _earlier_period.c.id == _earlier.c.period_id)
    .join(_its_period, _its_period.c.id == _r.period_id)
    .where(
        _earlier.c.indicator_id == _r.indicator_id,
        is_same_subject(_earlier.c),
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


def visible_to(access_kind: AccessKind, of: FromClause = result) -> Select[Any]:
    """The results that the caller may know of: also those of the centres of their grants."""
    return select(of).where(or_(visible(of, access_kind, domain.PUBLISHED), by_grant(of, of.c.centre_id, access_kind)))


def _of(chosen: Filter, column: ColumnElement[Any], key: ColumnElement[Any], link: ColumnElement[Any]) -> Filter:
    """A filter by a column of the indicator or period."""
    return replace(chosen, condition=lambda wanted: exists().where(key == link, column == wanted))


def _by_indicator(name: str, column: ColumnElement[Any], description: str, *check: Any) -> Filter:
    return _of(values(name, column, description, *check), column, indicator.c.id, _r.indicator_id)


def _covered(country: ColumnElement[Any], *keys: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether the caller's grants cover the country, or one of the records."""
    return or_(
        bindparam("reads_all", type_=Boolean),
        country == any_(bindparam("read_countries", type_=ARRAY(Text))),
        *(cast(key, Text) == any_(bindparam("read_records", type_=ARRAY(Text))) for key in keys),
    )


def _covering(access: AccessScope) -> Mapping[str, Any]:
    """The parameters of `_covered`."""
    return {
        "reads_all": access.access_kind is AccessKind.EVERYWHERE,
        "read_countries": sorted(access.read.countries),
        "read_records": sorted(access.read.records),
    }


def _validated(state: ColumnElement[str]) -> ColumnElement[bool]:
    """The results in a state, among those that the caller's grants cover."""
    return (
        select(_v.result_id)
        .where(_v.result_id == _r.id, _v.state == state, _covered(_v.country, _v.result_id, _v.centre_id))
        .exists()
    )


_VALIDATION = Filter(
    "validation",
    "error, warning or clean: the worst violation of the results that the caller's grants cover",
    one_of(("error", "warning", "clean")),
    _validated,
    of_caller=_covering,
)
_SCHEME = bindparam("f_scheme", value=None, type_=Text)


def _of_indicators(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """The results of the indicators with a code for which the conditions hold. There are few of these, so that they are
    found first."""
    found = select(indicator.c.id).select_from(indicator.join(CODES, true())).where(*conditions)
    return _r.indicator_id == any_(func.array(found.scalar_subquery(), type_=ARRAY(Uuid)))


def _with_code(wanted: ColumnElement[str]) -> ColumnElement[bool]:
    """A code of the scheme that the filter `scheme` names; of any without it."""
    return _of_indicators(CODES.c.code == wanted, or_(_SCHEME.is_(None), CODES.c.scheme == _SCHEME))


_of_key = result.alias("of_key")
_shown_revision = as_object(_of_key.c, "id", "ref", "revision", "status", *_SIDES, "revision_of", "superseded_by")
_revisions = (
    select(cast(func.jsonb_agg(aggregate_order_by(_shown_revision, _of_key.c.id)), Text))
    .where(
        _of_key.c.indicator_id == _r.indicator_id,
        is_same_subject(_of_key.c),
        _of_key.c.kind == _r.kind,
        _of_key.c.period_id.is_not_distinct_from(_r.period_id),
        _of_key.c.year.is_not_distinct_from(_r.year),
        _of_key.c.status != constant("discarded"),
        or_(
            _of_key.c.status.in_([constant(status) for status in sorted(domain.PUBLISHED)]),
            _covered(_of_key.c.country, _of_key.c.id, _of_key.c.centre_id),
        ),
    )
    .correlate(result)
    .scalar_subquery()
    .label("revisions")
)
NEXT_STEPS = NextSteps(
    "actions.results",
    result,
    (
        NextStep("draft", "submit", only=_r.late.is_not(None)),
        NextStep("submitted", "approve"),
        NextStep("approved", "accept"),
        NextStep("accepted", "publish"),
    ),
)
_COMMON = listing(
    Result,
    result,
    domain.LIFECYCLE.states,
    visible_to,
    values("kind", _r.kind, "Kinds, separated by commas", one_of(KINDS)),
    Filter("late", "true or false", truth, lambda bound: _r.late == bound),
    _VALIDATION,
    _by_indicator("indicator", indicator.c.code, "Codes of indicators, separated by commas"),
    _by_indicator("framework", indicator.c.framework, "Codes of frameworks, separated by commas"),
    _by_indicator("level", indicator.c.level, "Levels of indicators", one_of(indicators.LEVELS)),
    _by_indicator("side", indicator.c.side, "Sides of indicators", one_of(indicators.SIDES)),
    Filter(
        "scheme",
        "A scheme of which the indicator has a code",
        str,
        lambda wanted: _of_indicators(CODES.c.scheme == wanted),
    ),
    replace(
        values("code", CODES.c.code, "Codes of the indicator, separated by commas, of the scheme in `scheme` if given"),
        condition=_with_code,
    ),
    _of(values("period", period.c.code, "Codes of periods"), period.c.code, period.c.id, _r.period_id),
    NEXT_STEPS.holder,
)
LISTING = replace(
    _COMMON,
    columns={name: column for name, column in _COMMON.columns.items() if name != "breakdown"},
    extras=Extras({"revisions": _revisions}, _covering),
    item=Item(
        columns={
            "breakdown": _r.breakdown,
            "of_indicator": OF_INDICATOR,
            "target": _target,
            "previous": PREVIOUS,
        }
    ),
)
_REVISION = Lookup(
    select(_r.id).where(_r.revision_of == _KEY, _r.status.in_([constant(status) for status in domain.OPEN])).limit(1)
)


def _compared(access_kind: AccessKind) -> Select[Any]:
    columns = (_r.id, as_read(_r.breakdown), as_read(OF_INDICATOR), as_read(PREVIOUS))
    asked = _r.id == any_(bindparam("ids", type_=ARRAY(Uuid)))
    return within_context(visible_to(access_kind).with_only_columns(*columns).where(asked).limit(bindparam("limit")))


_COMPARED = Shapes(_compared)


async def compared_with(connection: Connection, access: AccessScope, ids: Sequence[UUID]) -> dict[UUID, Row]:
    """The columns of items by which these results are validated, by id, of those that the caller may know of."""
    found = await _COMPARED.get(access.access_kind).fetch(connection, ids=ids, limit=len(ids), **access.parameters)
    return {row["id"]: row for row in found}


def surroundings(of_indicator: Mapping[str, Any], previous: Any, applied: Sequence[Applied] = ()) -> Surroundings:
    """What a result is compared with, from the columns of an item and from the numbers of rules."""
    before = None if previous is None else amount_in(previous)
    measure, across, dimensions = (of_indicator[name] for name in ("measure", "across", "disaggregations"))
    return Surroundings(measure, across, dimensions, before, applied)


async def has_open_revision(connection: Connection, key: UUID) -> bool:
    """Whether a revision of the result is neither published nor discarded."""
    return await _REVISION.fetchval(connection, key=key) is not None
