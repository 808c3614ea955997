"""What a country is due to report in a period, and what it is compared with."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import Text, Uuid, bindparam, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.sql.elements import ColumnElement

from services.actions.exchange.result_sheets.domain import place_of
from services.actions.exchange.result_sheets.listings import RESULTS_EXPORTED
from services.actions.measurement.indicators.record import Indicator
from services.actions.measurement.indicators.tables import indicator
from services.actions.measurement.periods.queries import is_expected
from services.actions.measurement.periods.record import Period
from services.actions.measurement.periods.tables import period
from services.actions.measurement.results.record import Result, ResultPart
from services.actions.measurement.results.tables import result
from services.actions.measurement.results.values import Amount, amount_in, number_of
from services.actions.measurement.subjects.record import Subject
from services.actions.measurement.targets.record import Target
from services.actions.measurement.targets.tables import target
from services.actions.plan.actions import domain as actions
from services.actions.plan.actions.tables import action
from services.actions.plan.programmes.tables import programme
from shared.bulk.exporting import rows_in_order
from shared.contracts import views
from shared.database.statements import Connection, Row, Statement
from shared.kernel.decimals import to_text
from shared.records.access_scope import AccessScope, constant
from shared.records.filters import ListRequest
from shared.records.references import NAMED_CENTRES
from shared.records.rows import records_of

_COUNTRY, _PERIOD = bindparam("country", type_=Text), bindparam("period", type_=Uuid)
_i, _r, _earlier = indicator.c, result.c, period.alias("earlier")


def _statuses(column: ColumnElement[str], statuses: Sequence[str]) -> ColumnElement[bool]:
    return column.in_([constant(status) for status in sorted(statuses)])


_DUE = Statement(
    select(indicator)
    .join(period, period.c.id == _PERIOD)
    .where(
        is_expected(indicator, period),
        or_(_i.framework == period.c.framework, _i.country == _COUNTRY),
    )
    .order_by(_i.code, _i.id)
)
_ACTIONS = Statement(
    select(action.c.id, action.c.ref, programme.c.framework)
    .join(programme, programme.c.id == action.c.programme_id)
    .where(action.c.country == _COUNTRY, _statuses(action.c.status, sorted(actions.PUBLISHED - actions.ENDED)))
    .order_by(action.c.ref)
)
_c = views.CENTRES.c
_CENTRES = Statement(
    select(_c.id, _c.ref)
    .where(_c.country == _COUNTRY, _statuses(_c.status, sorted(NAMED_CENTRES.published)))
    .order_by(_c.ref)
)
_TARGETS = Statement(select(target).where(target.c.country == _COUNTRY, target.c.period_id == _PERIOD))
_PREVIOUS = Statement(
    select(result)
    .ext(distinct_on(_r.indicator_id, _r.action_id, _r.centre_id))
    .join(_earlier, _earlier.c.id == _r.period_id)
    .join(period, period.c.id == _PERIOD)
    .where(
        _r.country == _COUNTRY,
        _r.status == constant("published"),
        _r.kind == constant("actual"),
        _earlier.c.ends < period.c.starts,
    )
    .order_by(_r.indicator_id, _r.action_id, _r.centre_id, _earlier.c.ends.desc(), _r.id)
)


class DueSubject(NamedTuple):
    """An action or a centre by its id and ref; both null for the country itself."""

    action_id: UUID | None
    centre_id: UUID | None
    ref: str | None


Key = tuple[UUID, UUID | None, UUID | None]
"""An indicator, and an action or a centre."""


class DueResult(NamedTuple):
    """A result that is due, with the target and the published result of the period before."""

    country: str
    indicator: Indicator
    subject: DueSubject
    row: Row | None
    target: Target | None
    previous: Result | None

    def parts(self) -> Sequence[ResultPart]:
        """The parts that the result has."""
        found: Sequence[ResultPart] = orjson.loads(self.row["named"])["breakdown"] if self.row else ()
        return found

    def target_of(self, dimensions: Mapping[str, str]) -> str:
        """The target of the whole or a part, as text."""
        if self.target is None:
            return ""
        if not dimensions:
            return to_text(self.target.value) if self.target.value is not None else self.target.code or ""
        return next((part["value"] for part in self.target.breakdown if part["dimensions"] == dimensions), "")

    def previous_of(self, dimensions: Mapping[str, str]) -> str:
        """The published value before of the whole or a part, as text."""
        before = self.previous
        if before is None:
            return ""
        if not dimensions:
            number = number_of(Amount(before.value, before.numerator, before.denominator), self.indicator.measure)
            return _text(number) or before.code or ""
        place = place_of(before.breakdown, dimensions)
        return "" if place is None else _text(number_of(amount_in(before.breakdown[place]), self.indicator.measure))


def _text(number: Decimal | None) -> str:
    return "" if number is None else to_text(number)


async def due_results(connection: Connection, access: AccessScope, country: str, of: Period) -> Sequence[DueResult]:
    """The results that are due in a period of a country, by indicator and subject, within the connection's context."""
    values: dict[str, Any] = {"country": country, "period": of.id}
    indicators = records_of(Indicator, await _DUE.fetch(connection, **values))
    subjects = await _subjects(connection, indicators, country)
    rows = {_key(row): row for row in await _living(connection, access, country, of)}
    targets = {_key_of(one): one for one in records_of(Target, await _TARGETS.fetch(connection, **values))}
    previous = {_key_of(one): one for one in records_of(Result, await _PREVIOUS.fetch(connection, **values))}
    found = []
    for one in indicators:
        for subject in subjects(one):
            key = (one.id, subject.action_id, subject.centre_id)
            found.append(DueResult(country, one, subject, rows.get(key), targets.get(key), previous.get(key)))
    return found


def _key(row: Row) -> Key:
    return row["indicator_id"], row["action_id"], row["centre_id"]


def _key_of(record: Subject) -> Key:
    return record.indicator_id, record.action_id, record.centre_id


async def _living(connection: Connection, access: AccessScope, country: str, of: Period) -> Sequence[Row]:
    """The living results of the period, as exports read them."""
    listing = RESULTS_EXPORTED
    filters = {name: listing.parse(name, text) for name, text in (("country", country), ("period_id", str(of.id)))}
    asked = ListRequest(filters, "id", False, 0)
    return [row async for rows in rows_in_order(connection, listing, access, asked, "named") for row in rows]


async def _subjects(
    connection: Connection, indicators: Sequence[Indicator], country: str
) -> Callable[[Indicator], Sequence[DueSubject]]:
    """Returns whose results an indicator expects: those of the country, its centres, or the actions of programmes under
    the framework."""
    kinds = {one.reported_by for one in indicators}
    found = await _ACTIONS.fetch(connection, country=country) if "action" in kinds else []
    own = await _CENTRES.fetch(connection, country=country) if "centre" in kinds else []
    centres = [DueSubject(None, row["id"], row["ref"]) for row in own]

    def of(one: Indicator) -> Sequence[DueSubject]:
        if one.reported_by == "country":
            return (DueSubject(None, None, None),)
        if one.reported_by == "centre":
            return centres
        fitting = (row for row in found if one.framework in (None, row["framework"]))
        return [DueSubject(row["id"], None, row["ref"]) for row in fitting]

    return of
