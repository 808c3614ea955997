"""What results are compared with: their indicators, the previous published values, and the numbers of rules."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import Integer, Select, Text, Uuid, any_, bindparam, case, cast, column, func, select, true
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.sql.elements import ColumnElement

from services.actions.measurement.indicators.tables import indicator
from services.actions.measurement.periods.tables import period
from services.actions.measurement.results import domain
from services.actions.measurement.results.queries import (
    OF_INDICATOR,
    PREVIOUS,
    as_object,
    is_same_subject,
    surroundings,
)
from services.actions.measurement.results.record import Result
from services.actions.measurement.results.tables import result
from services.actions.measurement.results.validation import Applied, Surroundings
from services.actions.measurement.results.values import amount_in, number_of
from services.actions.measurement.validation_rules.evaluation import ActiveRule, TermNumber
from services.actions.measurement.validation_rules.queries import active_rules
from shared.database.context import Lookup
from shared.database.statements import Connection
from shared.records.access_scope import constant
from shared.records.columns import as_read

AT_ONCE = 500
"""Results that are validated by one round of queries."""
_MOST_NUMBERS = 1_000_000
_r = result.c
_other, _its_period, _period = result.alias("other"), period.alias("its"), period.alias("of_other")
_AROUND = Lookup(
    select(_r.id, as_read(OF_INDICATOR), as_read(PREVIOUS))
    .where(_r.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
    .limit(AT_ONCE)
)
_given = (
    func.jsonb_to_recordset(bindparam("rows", type_=JSONB))
    .table_valued(
        column("place", Integer),
        column("result_id", Uuid),
        column("indicator_id", Uuid),
        column("dimensions", JSONB),
    )
    .render_derived("given", with_types=True)
)
_part = func.jsonb_array_elements(_other.c.breakdown).table_valued(column("value", JSONB)).render_derived("part")
_found_part = select(_part.c.value).where(_part.c.value["dimensions"] == _given.c.dimensions).limit(1).scalar_subquery()
_AMOUNT = case(
    (_given.c.dimensions.is_(None), as_object(_other.c, "value", "numerator", "denominator")), else_=_found_part
).label("amount")


def _is_open(columns: Any) -> ColumnElement[bool]:
    status: ColumnElement[str] = columns.status
    return status.in_([constant(status) for status in domain.OPEN])


def _numbers(*, is_previous: bool) -> Select[Any]:
    """The amount of each given indicator and part of the subject of a result, in its period or the last earlier one
    with a published value."""
    base = select(_AMOUNT).where(
        _other.c.indicator_id == _given.c.indicator_id, _other.c.period_id.is_not(None), is_same_subject(_other.c)
    )
    if is_previous:
        others = (
            base.join(_period, _period.c.id == _other.c.period_id)
            .join(_its_period, _its_period.c.id == _r.period_id)
            .where(_other.c.status == constant("published"), _period.c.ends < _its_period.c.starts)
            .order_by(_period.c.ends.desc(), _other.c.id)
        )
    else:
        is_living = _is_open(_other.c) | (_other.c.status == constant("published"))
        others = base.where(_other.c.period_id == _r.period_id, (_other.c.id == _r.id) | is_living).order_by(
            (_other.c.id == _r.id).desc(), (_is_open(_other.c) == _is_open(_r)).desc(), _other.c.id.desc()
        )
    found = others.limit(1).correlate(result, _given).lateral("found")
    return (
        select(_given.c.place, indicator.c.measure, cast(found.c.amount, Text).label("amount"))
        .select_from(
            _given.join(result, _r.id == _given.c.result_id)
            .join(indicator, indicator.c.id == _given.c.indicator_id)
            .join(found, true())
        )
        .limit(_MOST_NUMBERS)
    )


_NUMBERS = {is_previous: Lookup(_numbers(is_previous=is_previous)) for is_previous in (False, True)}


class _Wanted(NamedTuple):
    """A number that a term of a rule takes of the subject of a result."""

    result_id: UUID
    number: TermNumber

    def row(self, place: int) -> dict[str, Any]:
        """The row of the number, as JSON."""
        key, dimensions, _ = self.number
        ids = {"result_id": str(self.result_id), "indicator_id": str(key)}
        return {**ids, "place": place, "dimensions": dict(dimensions) or None}


async def surroundings_of(connection: Connection, results: Sequence[Result]) -> dict[UUID, Surroundings]:
    """What each stored result is compared with, by id, regardless of the caller.

    A result that is open is compared with open revisions of others first, one that was published with published ones.
    """
    found: dict[UUID, Surroundings] = {}
    for start in range(0, len(results), AT_ONCE):
        found |= await _surroundings_of(connection, results[start : start + AT_ONCE])
    return found


async def _surroundings_of(connection: Connection, results: Sequence[Result]) -> dict[UUID, Surroundings]:
    rows = {row["id"]: row for row in await _AROUND.fetch(connection, ids=[one.id for one in results])}
    rules = await active_rules(connection, {one.indicator_id for one in results if one.period_id is not None})
    of_indicators: dict[UUID, list[ActiveRule]] = {}
    for rule in rules:
        for key in rule.same:
            of_indicators.setdefault(key, []).append(rule)
    applicable = {
        one.id: [
            rule
            for rule in of_indicators.get(one.indicator_id, ())
            if one.period_id is not None and rule.rule.country in (None, one.country)
        ]
        for one in results
    }
    wanted = [_Wanted(key, number) for key, rules in applicable.items() for rule in rules for number in rule.numbers]
    numbers = await _numbers_of(connection, list(dict.fromkeys(wanted)))
    found: dict[UUID, Surroundings] = {}
    for key, row in rows.items():
        applied = [Applied(rule, [numbers.get(_Wanted(key, one)) for one in rule.numbers]) for rule in applicable[key]]
        of_indicator, previous = orjson.loads(row["of_indicator"]), orjson.loads(row["previous"] or "null")
        found[key] = surroundings(of_indicator, previous, applied)
    return found


async def _numbers_of(connection: Connection, wanted: Sequence[_Wanted]) -> Mapping[_Wanted, Decimal]:
    """The numbers that there are."""
    found: dict[_Wanted, Decimal] = {}
    for is_previous, statement in _NUMBERS.items():
        given = [one.row(place) for place, one in enumerate(wanted) if one.number.is_previous == is_previous]
        if given:
            for row in await statement.fetch(connection, rows=given):
                amount = orjson.loads(row["amount"] or "null")
                number = number_of(amount_in(amount), row["measure"]) if amount else None
                if number is not None:
                    found[wanted[row["place"]]] = number
    return found
