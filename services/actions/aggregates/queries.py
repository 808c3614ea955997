"""Reading what is aggregated: indicators, their published results, and the countries that are expected to report."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, Text, Uuid, any_, bindparam, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.actions.indicators import domain as indicators
from services.actions.indicators.record import Indicator
from services.actions.indicators.tables import indicator
from services.actions.periods.tables import period
from services.actions.programmes import domain as programmes
from services.actions.programmes.tables import programme
from services.actions.results.queries import visible_to
from services.actions.results.tables import result
from shared.database.context import within_context
from shared.database.statements import Connection, Row, Shapes
from shared.database.tables import Instant
from shared.records.access_scope import AccessKind, AccessScope, constant, visible
from shared.records.columns import as_read
from shared.records.rows import records_of

MOST_RESULTS, MOST_WITH_PARTS = 40_000, 2_000
"""Results that are aggregated at once: for 200 indicators, those of all countries in one period. Each may have 2,000
parts."""
STEPS = {"year": r"^\d{4}$", "half_year": r"^\d{4}-H\d$", "quarter": r"^\d{4}-Q\d$", "month": r"^\d{4}-\d\d$"}
_r, _i = result.c, indicator.c
_LAUNCHED = [constant(status) for status in programmes.LIFECYCLE.states if status not in ("exploring", "discontinued")]
_VALUE = (_r.value, _r.numerator, _r.denominator, _r.code, _r.missing)


@dataclass(frozen=True, slots=True)
class Periods:
    """The periods whose results are read: those with these codes, within these days, and of this length."""

    codes: Sequence[str] | None = None
    first: date | None = None
    last: date | None = None
    step: str | None = None


def _named(access_kind: AccessKind) -> Select[Any]:
    is_named = or_(
        _i.id == any_(bindparam("ids", type_=ARRAY(Uuid))), _i.code == any_(bindparam("codes", type_=ARRAY(Text)))
    )
    query = select(indicator).where(is_named, visible(indicator, access_kind, indicators.PUBLISHED))
    return within_context(query.where(_i.status != constant("draft")).order_by(_i.code, _i.id))


def _results(access_kind: AccessKind, has_day: bool, has_parts: bool) -> Select[Any]:
    until = bindparam("until", type_=Instant)
    counts = (_r.published_at < until, or_(_r.ended_at.is_(None), _r.ended_at >= until)) if has_day else ()
    codes, first, last = (
        bindparam("codes", type_=ARRAY(Text)),
        bindparam("first", type_=Date),
        bindparam("last", type_=Date),
    )
    step = bindparam("step", type_=Text)
    query = (
        visible_to(access_kind)
        .join(period, period.c.id == _r.period_id)
        .where(
            _r.indicator_id == any_(bindparam("ids", type_=ARRAY(Uuid))),
            _r.kind == constant("actual"),
            *(counts or (_r.status == constant("published"),)),
            or_(codes.is_(None), period.c.code == any_(codes)),
            or_(first.is_(None), period.c.starts >= first),
            or_(last.is_(None), period.c.ends <= last),
            or_(step.is_(None), period.c.code.op("~")(step)),
        )
        .limit((MOST_WITH_PARTS if has_parts else MOST_RESULTS) + 1)
    )
    columns = [_r.indicator_id, _r.country, _r.action_id, _r.centre_id, *_VALUE]
    parts = [as_read(_r.breakdown)] if has_parts else []
    return within_context(
        query.with_only_columns(*columns, *parts, period.c.code.label("period"), period.c.ends.label("ends"))
    )


def _expected(access_kind: AccessKind) -> Select[Any]:
    launched = visible(programme, access_kind, programmes.PUBLISHED)
    query = select(programme.c.framework, programme.c.country).where(programme.c.status.in_(_LAUNCHED), launched)
    return within_context(query.distinct())


_NAMED, _RESULTS, _EXPECTED = Shapes(_named), Shapes(_results), Shapes(_expected)


async def named(
    connection: Connection, access: AccessScope, ids: Sequence[UUID], codes: Sequence[str]
) -> list[Indicator]:
    """The published indicators with these ids or codes that the caller may know of, by code."""
    rows = await _NAMED.get(access.access_kind).fetch(connection, ids=ids, codes=codes, **access.parameters)
    return records_of(Indicator, rows)


async def results(
    connection: Connection,
    access: AccessScope,
    ids: Sequence[UUID],
    periods: Periods,
    day: date | None,
    *,
    has_parts: bool,
) -> list[Row]:
    """The published results of indicators that the caller may know of, today or at the end of a day; at most one more
    than are aggregated."""
    statement = _RESULTS.get(access.access_kind, day is not None, has_parts)
    until = None if day is None else datetime.combine(day + timedelta(days=1), time(), UTC)
    return await statement.fetch(
        connection,
        ids=ids,
        codes=periods.codes,
        first=periods.first,
        last=periods.last,
        step=periods.step and STEPS[periods.step],
        **({"until": until} if until else {}),
        **access.parameters,
    )


async def expected(connection: Connection, access: AccessScope) -> dict[str, set[str]]:
    """The countries with a launched programme that the caller may know of, by framework."""
    found: dict[str, set[str]] = {}
    for row in await _EXPECTED.get(access.access_kind).fetch(connection, **access.parameters):
        found.setdefault(row["framework"], set()).add(row["country"])
    return found
