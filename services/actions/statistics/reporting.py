"""How many of the results that are due were reported, and how many in time."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    FromClause,
    Select,
    and_,
    cast,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.sql.elements import ColumnElement

from services.actions.indicators import domain as indicators
from services.actions.indicators.tables import indicator
from services.actions.periods.queries import IS_EXPECTED
from services.actions.periods.tables import period
from services.actions.programmes import domain as programmes
from services.actions.programmes.tables import programme
from services.actions.results.domain import REPORTED
from services.actions.results.queries import visible_to
from services.actions.results.tables import result
from shared.database.context import within_context
from shared.database.statements import Connection, Shapes
from shared.records.access_scope import AccessKind, AccessScope, constant, visible
from shared.records.filters import Filter, bound, bound_values, countries, region, values
from shared.records.statistics import LARGEST, columns_of, key_of

KEYS = ("country", "region", "framework", "period")
FILTERS: Mapping[str, Filter] = {
    one.name: one
    for one in (
        countries(programme.c.country),
        region(programme.c.country),
        values("framework", period.c.framework, "Codes of frameworks, separated by commas"),
        values("period", period.c.code, "Codes of periods, separated by commas"),
    )
}
_i, _p, _r = indicator.c, period.c, result.c
_LAUNCHED = [constant(status) for status in programmes.LAUNCHED]
_REPORTED = [constant(status) for status in REPORTED]
_NUMBERS = ("expected", "reported", "on_time")


@dataclass(frozen=True, slots=True)
class Reporting:
    """How many results are due, how many of them were submitted or are further, and how many of these were submitted in
    time."""

    expected: int
    reported: int
    on_time: int


def _query(access_kind: AccessKind, by: Sequence[str], names: Sequence[str]) -> Select[Any]:
    launched, due = _launched(access_kind, names), _due(access_kind, names)
    like = select(due.c.framework, due.c.owner, due.c.period, func.count().label("n"))
    number = like.group_by(due.c.framework, due.c.owner, due.c.period).subquery("number")
    keys = [launched.c.country if name == "country" else number.c[name] for name in by]
    whole = cast(func.sum(number.c.n), BigInteger).label("expected")
    expected = select(*keys, whole).join_from(launched, number, _is_expected(number, launched)).group_by(*keys)
    known = _known(access_kind, due, names)
    numbers = func.count().label("reported"), func.count().filter(~known.c.late).label("on_time")
    is_launched = and_(launched.c.country == known.c.country, launched.c.framework == known.c.framework)
    keys = [known.c[name] for name in by]
    made = select(*keys, *numbers).join_from(known, launched, is_launched).group_by(*keys)
    first, second = expected.subquery("expected"), made.subquery("made")
    some = (func.coalesce(second.c[name], literal_column("0")).label(name) for name in ("reported", "on_time"))
    query = select(*(first.c[name] for name in by), first.c.expected, *some)
    same = and_(*(first.c[name] == second.c[name] for name in by))
    return within_context(query.outerjoin_from(first, second, same).limit(LARGEST + 1))


def _is_expected(due: FromClause, launched: FromClause) -> ColumnElement[bool]:
    return and_(due.c.framework == launched.c.framework, _is_of(due.c.owner, launched.c.country))


def _known(access_kind: AccessKind, due: FromClause, names: Sequence[str]) -> FromClause:
    """The results that are due and were submitted. The offset keeps the planner from multiplying what is due with
    countries before it reads results."""
    is_due = and_(due.c.period_id == _r.period_id, due.c.indicator_id == _r.indicator_id)
    query = visible_to(access_kind).with_only_columns(_r.country, _r.late, due.c.framework, due.c.period)
    query = query.join(due, and_(is_due, _is_of(due.c.owner, _r.country)))
    places = (bound(one) for one in (countries(_r.country), region(_r.country)) if one.name in names)
    return (
        query.where(
            _r.kind == constant("actual"),
            _r.status.in_(_REPORTED),
            or_(_r.status == constant("published"), _r.revision_of.is_(None)),
            *places,
        )
        .offset(literal_column("0"))
        .subquery("known")
    )


def _launched(access_kind: AccessKind, names: Sequence[str]) -> FromClause:
    """The countries with a launched programme of each framework."""
    query = select(programme.c.framework, programme.c.country).where(
        programme.c.status.in_(_LAUNCHED),
        visible(programme, access_kind, programmes.PUBLISHED),
        *_chosen(names, "country", "region"),
    )
    return query.distinct().subquery("launched")


def _due(access_kind: AccessKind, names: Sequence[str]) -> FromClause:
    """The indicators that countries report for each period that has opened."""
    query = select(_i.id.label("indicator_id"), _i.country.label("owner"), _p.id.label("period_id"), _p.framework)
    is_due = and_(_is_of(_i.framework, _p.framework), IS_EXPECTED)
    query = query.add_columns(_p.code.label("period")).join_from(period, indicator, is_due)
    return query.where(
        _p.status != constant("planned"),
        _i.reported_by == constant("country"),
        visible(indicator, access_kind, indicators.PUBLISHED),
        *_chosen(names, "framework", "period"),
    ).subquery("due")


def _is_of(owner: ColumnElement[Any], other: ColumnElement[Any]) -> ColumnElement[bool]:
    return or_(owner.is_(None), owner == other)


def _chosen(names: Sequence[str], *own: str) -> list[ColumnElement[bool]]:
    return [bound(FILTERS[name]) for name in own if name in names]


_QUERIES = Shapes(_query)


async def reporting(
    connection: Connection, access: AccessScope, by: Sequence[str], chosen: Mapping[str, Any]
) -> dict[tuple[str | None, ...], Reporting]:
    """The numbers for each value of `by`, in their order, of what the caller may know of."""
    statement = _QUERIES.get(access.access_kind, columns_of(by), tuple(chosen))
    sums: dict[tuple[str | None, ...], Counter[str]] = {}
    for row in await statement.fetch(connection, **bound_values(chosen), **access.parameters):
        sums.setdefault(key_of(by, row), Counter()).update({name: row[name] for name in _NUMBERS})
    ordered = sorted(sums, key=lambda key: tuple(part or "" for part in key))
    return {key: Reporting(*(sums[key][name] for name in _NUMBERS)) for key in ordered}
