"""How many of the results that are due were reported, and how many in time."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, FromClause, Select, Table, and_, cast, func, literal_column, or_, select
from sqlalchemy.sql.elements import ColumnElement

from services.actions.measurement.indicators import domain as indicators
from services.actions.measurement.indicators.tables import indicator
from services.actions.measurement.periods.queries import is_expected
from services.actions.measurement.periods.tables import period
from services.actions.measurement.results.domain import REPORTED
from services.actions.measurement.results.queries import visible_to
from services.actions.measurement.results.tables import result
from services.actions.overview.statistics.history import at_the_time
from services.actions.plan.programmes import domain as programmes
from services.actions.plan.programmes.queries import began
from services.actions.plan.programmes.tables import programme
from shared.database.context import within_context
from shared.database.statements import Connection, Shapes
from shared.kernel.clock import end_of
from shared.records.access_scope import AccessKind, AccessScope, constant, visible
from shared.records.filters import Filter, bound, bound_values, countries, region, values
from shared.records.statistics import LARGEST, columns_of, key_of

KEYS = ("country", "region", "framework", "period")
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


def _filters(country: ColumnElement[str], during: FromClause) -> Mapping[str, Filter]:
    found = (
        countries(country),
        region(country),
        values("framework", during.c.framework, "Codes of frameworks, separated by commas"),
        values("period", during.c.code, "Codes of periods, separated by commas"),
    )
    return {one.name: one for one in found}


FILTERS = _filters(programme.c.country, period)


@dataclass(frozen=True, slots=True)
class _Form:
    """What is read: for whom, by what, with which filters, and whether as of a day."""

    access_kind: AccessKind
    by: Sequence[str]
    names: Sequence[str]
    has_day: bool

    def records(self, of: Table) -> FromClause:
        """The records of a table, with their status of the day."""
        return at_the_time(of) if self.has_day else of

    def chosen(self, filters: Mapping[str, Filter], *own: str) -> list[ColumnElement[bool]]:
        """The conditions of these filters, if they are given."""
        return [bound(filters[name]) for name in own if name in self.names]


def _query(form: _Form) -> Select[Any]:
    launched, due = _launched(form), _due(form)
    of_period = (due.c.framework, due.c.owner, due.c.period, due.c.ends)
    number = select(*of_period, func.count().label("n")).group_by(*of_period).subquery("number")
    keys = [launched.c.country if name == "country" else number.c[name] for name in form.by]
    whole = cast(func.sum(number.c.n), BigInteger).label("expected")
    expected = select(*keys, whole).join_from(launched, number, _is_expected(number, launched)).group_by(*keys)
    known = _known(form, due)
    numbers = func.count().label("reported"), func.count().filter(~known.c.late).label("on_time")
    of_programme = launched.c.country == known.c.country, launched.c.framework == known.c.framework
    is_launched = and_(*of_programme, _is_of_its_time(known, launched))
    keys = [known.c[name] for name in form.by]
    made = select(*keys, *numbers).join_from(known, launched, is_launched).group_by(*keys)
    first, second = expected.subquery("expected"), made.subquery("made")
    some = (func.coalesce(second.c[name], literal_column("0")).label(name) for name in ("reported", "on_time"))
    query = select(*(first.c[name] for name in form.by), first.c.expected, *some)
    same = and_(*(first.c[name] == second.c[name] for name in form.by))
    return within_context(query.outerjoin_from(first, second, same).limit(LARGEST + 1))


def _is_expected(due: FromClause, launched: FromClause) -> ColumnElement[bool]:
    of_programme = due.c.framework == launched.c.framework, _is_of(due.c.owner, launched.c.country)
    return and_(*of_programme, _is_of_its_time(due, launched))


def _is_of_its_time(due: FromClause, launched: FromClause) -> ColumnElement[bool]:
    """Whether a period was not over before the country's programme began."""
    return due.c.ends >= launched.c.began


def _known(form: _Form, due: FromClause) -> FromClause:
    """The results that are due and were submitted. The offset keeps the planner from multiplying what is due with
    countries before it reads results."""
    of = form.records(result)
    is_due = and_(due.c.period_id == of.c.period_id, due.c.indicator_id == of.c.indicator_id)
    of_due = (due.c.framework, due.c.period, due.c.ends)
    query = visible_to(form.access_kind, of).with_only_columns(of.c.country, of.c.late, *of_due)
    return (
        query.join(due, and_(is_due, _is_of(due.c.owner, of.c.country)))
        .where(
            of.c.kind == constant("actual"),
            of.c.status.in_(_REPORTED),
            or_(of.c.status == constant("published"), of.c.revision_of.is_(None)),
            *form.chosen(_filters(of.c.country, period), "country", "region"),
        )
        .offset(literal_column("0"))
        .subquery("known")
    )


def _launched(form: _Form) -> FromClause:
    """The countries with a launched programme of each framework, and the day on which the first one began."""
    of = form.records(programme)
    query = select(of.c.framework, of.c.country, func.min(began(of)).label("began")).where(
        of.c.status.in_(_LAUNCHED),
        visible(of, form.access_kind, programmes.PUBLISHED),
        *form.chosen(_filters(of.c.country, period), "country", "region"),
    )
    return query.group_by(of.c.framework, of.c.country).subquery("launched")


def _due(form: _Form) -> FromClause:
    """The indicators that countries report for each period that has opened."""
    of, during = form.records(indicator), form.records(period)
    query = select(of.c.id.label("indicator_id"), of.c.country.label("owner"), during.c.id.label("period_id"))
    query = query.add_columns(during.c.framework, during.c.code.label("period"), during.c.ends)
    is_due = and_(_is_of(of.c.framework, during.c.framework), is_expected(of, during))
    return (
        query.join_from(during, of, is_due)
        .where(
            during.c.status != constant("planned"),
            of.c.reported_by == constant("country"),
            visible(of, form.access_kind, indicators.PUBLISHED),
            *form.chosen(_filters(of.c.country, during), "framework", "period"),
        )
        .subquery("due")
    )


def _is_of(owner: ColumnElement[Any], other: ColumnElement[Any]) -> ColumnElement[bool]:
    return or_(owner.is_(None), owner == other)


_QUERIES = Shapes(_query)


async def reporting(
    connection: Connection, access: AccessScope, by: Sequence[str], chosen: Mapping[str, Any], day: date | None
) -> dict[tuple[str | None, ...], Reporting]:
    """The numbers for each value of `by`, in their order, of what the caller may know of: today, or at the end of a
    day."""
    statement = _QUERIES.get(_Form(access.access_kind, columns_of(by), tuple(chosen), has_day=day is not None))
    past = {} if day is None else {"until": end_of(day)}
    sums: dict[tuple[str | None, ...], Counter[str]] = {}
    for row in await statement.fetch(connection, **bound_values(chosen), **past, **access.parameters):
        sums.setdefault(key_of(by, row), Counter()).update({name: row[name] for name in _NUMBERS})
    ordered = sorted(sums, key=lambda key: tuple(part or "" for part in key))
    return {key: Reporting(*(sums[key][name] for name in _NUMBERS)) for key in ordered}
