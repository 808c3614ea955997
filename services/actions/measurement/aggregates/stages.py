"""The statement that forms values: subjects become one value of their country, countries one of the period, and periods
one of all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import (
    BigInteger,
    Date,
    FromClause,
    Numeric,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSON, aggregate_order_by, distinct_on
from sqlalchemy.sql.elements import ColumnElement

from services.actions.measurement.aggregates.domain import PERIOD, PLACES
from services.actions.measurement.aggregates.tables import value
from services.actions.measurement.periods.queries import frequency_of
from services.actions.measurement.results.values import PERCENT, REASONS_MISSING
from shared.database.context import within_context
from shared.database.tables import Instant
from shared.records.access_scope import AccessKind, constant, visible
from shared.records.plain import by_grant
from shared.records.statistics import LARGEST

Expression: TypeAlias = ColumnElement[Any]
_v = value.c
_FIGURE = ("number", "numerator", "denominator")
_CONDITIONS: Mapping[str, Expression] = {
    "codes": _v.period == any_(bindparam("codes", type_=ARRAY(Text))),
    "first": _v.starts >= bindparam("first", type_=Date),
    "last": _v.ends <= bindparam("last", type_=Date),
    "step": frequency_of(_v.period) == bindparam("step", type_=Text),
    "countries": _v.country == any_(bindparam("countries", type_=ARRAY(Text))),
}
"""The conditions on periods and countries, by name."""


@dataclass(frozen=True, slots=True)
class Form:
    """How values are formed: the rules of their indicators, and what is asked for. `is_whole`: of each country there is
    one result at most for a period. `conditions` are the names of those on periods and countries."""

    access_kind: AccessKind
    across: str
    over_time: str
    is_percentage: bool
    is_coded: bool
    is_whole: bool
    by: tuple[str, ...]
    conditions: tuple[str, ...]
    has_day: bool
    is_one_period: bool


def statement(form: Form) -> Select[Any]:
    """One row for each value: its indicator, keys, number, numerator and denominator, all as text; how many subjects
    reported each code, as JSON; `known` and `reported`, the countries with a result and with a value; and how many
    results have none, by why. At most one more than a response holds."""
    rows = _rows(form)
    found = _of_periods(rows, form)
    places = found
    if PERIOD not in form.by and not form.is_one_period:
        found = _stage(found, form.over_time, form, _keys(form))
        places = found if "country" in form.by else _places(rows, form)
    keys = _keys(form)
    columns: list[Expression] = [cast(found.c[name], Text).label(name) for name in (*keys, *_FIGURE)]
    absent = [found.c[name] for name in REASONS_MISSING]
    query = select(*columns, places.c.known, places.c.reported, *absent).select_from(found)
    if places is not found:
        query = query.join(places, _same(found, places, keys))
    if form.is_coded:
        counts = _counts(rows, form)
        query = query.add_columns(cast(counts.c.counts, Text).label("counts"))
        query = query.outerjoin(counts, _same(found, counts, keys))
    return within_context(query.limit(LARGEST + 1))


def _keys(form: Form, *more: str) -> tuple[str, ...]:
    """The columns that one value has in common."""
    parts = (name if name in (*PLACES, PERIOD) else "part" for name in form.by)
    return tuple(dict.fromkeys(("indicator_id", *parts, *more)))


def _same(one: FromClause, other: FromClause, keys: Sequence[str]) -> Expression:
    return and_(*(one.c[name] == other.c[name] for name in keys))


def _rows(form: Form) -> FromClause:
    until = bindparam("until", type_=Instant)
    counts = (_v.valid_from < until, or_(_v.valid_to.is_(None), _v.valid_to >= until)) if form.has_day else ()
    names = ("indicator_id", "part", *PLACES, PERIOD, "ends", *_FIGURE, "code", "missing", "action_id", "centre_id")
    query = select(*(_v[name] for name in names)).where(
        _v.indicator_id == any_(bindparam("ids", type_=ARRAY(Uuid))),
        _v.key == (bindparam("key", type_=Text) if "part" in _keys(form) else literal_column("''", Text)),
        *(_CONDITIONS[name] for name in form.conditions),
        *(counts or (_v.valid_to.is_(None),)),
        or_(visible(value, form.access_kind, None), by_grant(value, _v.centre_id, form.access_kind)),
    )
    return query.subquery("reported")


def _of_periods(rows: FromClause, form: Form) -> FromClause:
    """One row for each value of a period."""
    keys = _keys(form, PERIOD, "ends")
    if form.is_whole and form.across != "weighted_mean" and "country" in keys:
        return _each(rows, keys)
    by_country = rows if form.is_whole else _stage(rows, form.across, form, _keys(form, PERIOD, "ends", "country"))
    return _stage(by_country, form.across, form, keys)


def _each(rows: FromClause, keys: Sequence[str]) -> FromClause:
    """One row for each result, where none shares its keys with another."""
    one: Expression = literal_column("1")
    none: Expression = literal_column("0")
    missing = rows.c.missing
    lacking = (case((missing == constant(reason), one), else_=none).label(reason) for reason in REASONS_MISSING)
    countries = one.label("known"), case((missing.is_(None), one), else_=none).label("reported")
    return select(*(rows.c[name] for name in (*keys, *_FIGURE)), *countries, *lacking).subquery("each")


def _stage(source: FromClause, rule: str, form: Form, keys: Sequence[str]) -> FromClause:
    """One row for each value of `keys`, whose figure a rule makes of those of the source."""
    columns = [source.c[name] for name in keys]
    figure = [one.label(name) for name, one in zip(_FIGURE, _reduced(source, rule, form), strict=True)]
    return select(*columns, *figure, *_counted(source, keys)).group_by(*columns).subquery(f"by_{len(keys)}")


def _counted(source: FromClause, keys: Sequence[str]) -> list[Expression]:
    """How many countries are known and have a value, and how many results have none. A row of the source is a result, a
    country of a period, or a period."""
    if "known" in source.c:
        total = func.sum if PERIOD in keys else func.max
        numbers: list[Expression] = [_whole(total(source.c[name])) for name in ("known", "reported")]
        absent: list[Expression] = [_whole(func.sum(source.c[reason])) for reason in REASONS_MISSING]
    else:
        numbers = [func.count(), func.count() - func.count(source.c.missing)]
        if "country" in keys:
            numbers = [func.least(number, literal_column("1")) for number in numbers]
        absent = [func.count().filter(source.c.missing == constant(reason)) for reason in REASONS_MISSING]
    names = ("known", "reported", *REASONS_MISSING)
    return [one.label(name) for name, one in zip(names, [*numbers, *absent], strict=True)]


def _whole(number: Expression) -> Expression:
    return cast(number, BigInteger)


def _reduced(source: FromClause, rule: str, form: Form) -> tuple[Expression, ...]:
    """The figure of several by a rule; null without any, for `none` with several, and for a weighted mean without a
    fraction. A single one stays as it is."""
    if rule == "weighted_mean":
        numerator, denominator = func.sum(source.c.numerator), func.nullif(func.sum(source.c.denominator), 0)
        times = literal_column(str(PERCENT if form.is_percentage else 1), Numeric)
        number = _quotient(numerator * times, denominator)
        return number, case((denominator.is_not(None), numerator)), denominator
    if rule == "latest":
        order = (source.c.number.is_(None), source.c.ends.desc(), source.c.period.desc())
        return tuple(
            func.array_agg(aggregate_order_by(source.c[name], *order), type_=ARRAY(Numeric))[1] for name in _FIGURE
        )
    is_single = func.count(source.c.number) == literal_column("1")
    several = _RULES[rule](source.c.number) if rule in _RULES else None
    fraction = (case((is_single, func.any_value(source.c[name]))) for name in _FIGURE[1:])
    return case((is_single, func.any_value(source.c.number)), else_=several), *fraction


def _mean(number: Expression) -> Expression:
    return _quotient(func.sum(number), cast(func.count(number), Numeric))


_RULES: Mapping[str, Callable[[Expression], Expression]] = {
    "sum": func.sum,
    "mean": _mean,
    "min": func.min,
    "max": func.max,
}
"""How several numbers become one."""


def _quotient(dividend: Expression, divisor: Expression) -> Expression:
    return func.escm.action_quotient(dividend, divisor, type_=Numeric)


def _places(rows: FromClause, form: Form) -> FromClause:
    """The number of countries of several periods."""
    keys = _keys(form)
    within = _keys(form, "country")
    has_value = func.bool_or(rows.c.missing.is_(None)).label("has_value")
    each = select(*(rows.c[name] for name in within), has_value).group_by(*(rows.c[name] for name in within))
    one = each.subquery("place_of_value")
    columns = [one.c[name] for name in keys]
    numbers = func.count().label("known"), func.count().filter(one.c.has_value).label("reported")
    return select(*columns, *numbers).group_by(*columns).subquery("places")


def _counts(rows: FromClause, form: Form) -> FromClause:
    """How many subjects reported each code, each by its latest one."""
    keys = _keys(form)
    latest = rows
    if PERIOD not in form.by and not form.is_one_period:
        subject = [rows.c[name] for name in dict.fromkeys((*keys, "country", "action_id", "centre_id"))]
        chosen = select(*subject, rows.c.code).where(rows.c.code.is_not(None)).ext(distinct_on(*subject))
        latest = chosen.order_by(*subject, rows.c.ends.desc(), rows.c.period.desc()).subquery("latest")
    columns = [latest.c[name] for name in keys]
    each = select(*columns, latest.c.code, func.count().label("n")).where(latest.c.code.is_not(None))
    one = each.group_by(*columns, latest.c.code).subquery("coded")
    columns = [one.c[name] for name in keys]
    counts = func.json_object_agg(one.c.code, aggregate_order_by(one.c.n, one.c.code), type_=JSON)
    return select(*columns, counts.label("counts")).group_by(*columns).subquery("codes")
