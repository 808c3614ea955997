"""Which reports launched programmes owe, and who is late."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Date, Select, Uuid, any_, bindparam, case, cast, func, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from services.actions.measurement.periods.tables import period
from services.actions.plan.programmes import domain as programmes
from services.actions.plan.programmes.queries import began
from services.actions.plan.programmes.record import Programme
from services.actions.plan.programmes.tables import programme
from services.actions.reporting.reports import domain
from services.actions.reporting.reports.queries import light
from services.actions.reporting.reports.tables import report
from shared.database.context import within_context
from shared.database.statements import Connection, Shapes, Statement
from shared.kernel.lights import LIGHTS
from shared.records.access_scope import AccessKind, AccessScope, constant
from shared.records.filters import Filter, bound, bound_values, countries, one_of, values
from shared.records.next_steps import TODAY
from shared.records.plain import by_grant
from shared.records.reminding import is_due, latest_of, taking
from shared.records.rows import record_of

LARGEST = 5_000
"""Most reports of a response."""
OWING = tuple(status for status in programmes.LAUNCHED if status not in programmes.ENDED)
"""The states of programmes that owe reports."""
_MOST_PERIODS = 10
_ENDED = [constant(status) for status in ("discarded", "superseded", "retracted")]
_AWAITED = [constant(status) for status in domain.AWAITED]
_OWING = [constant(status) for status in OWING]
_IDS = ("programme", "period_id", "report")
_r, _p, _of = report.c, period.c, programme.c
_report = (
    select(_r.id, _r.status, _r.due_on, _r.reported_at)
    .where(_r.programme_id == _of.id, _r.period_id == _p.id, _r.status.not_in(_ENDED))
    .order_by((_r.status == constant("published")).desc(), _r.id)
    .limit(1)
    .lateral("its")
)
"""The report of a programme about a period: the published one, also while another is to replace it."""
_has_opened = or_(_p.status != constant("planned"), _p.opens_on <= TODAY)


class MissingReport(NamedTuple):
    """A programme that owes a report which nobody has begun, with the code and the last day of the period."""

    programme: Programme
    period: str
    due_on: date


def owed(*conditions: ColumnElement[bool]) -> Select[Any]:
    """What each launched programme owes, by these conditions: a report about each period of its framework that has
    opened, except those that were over before the programme was entered or started. Parameter: `today`."""
    its = _report.c
    due_on = func.coalesce(its.due_on, _p.due_on)
    is_awaited = or_(its.id.is_(None), its.status.in_(_AWAITED))
    reported_on = cast(func.timezone(constant("UTC"), its.reported_at), Date)
    return (
        select(
            _of.id.label("programme"),
            _of.country,
            _p.code.label("period"),
            _p.id.label("period_id"),
            due_on.label("due_on"),
            case((is_awaited, light(due_on))).label("light"),
            (reported_on <= due_on).label("on_time"),
            its.id.label("report"),
            its.status,
            _p.ends,
        )
        .select_from(programme.join(period, _p.framework == _of.framework).outerjoin(_report, true()))
        .where(
            _of.status.in_(_OWING),
            _has_opened,
            _p.ends >= began(programme),
            *conditions,
        )
    )


def _query(access_kind: AccessKind, names: Sequence[str]) -> Select[Any]:
    chosen = (bound(FILTERS[name]) for name in names if name != "light")
    found = owed(by_grant(programme, _of.id, access_kind), *chosen).subquery("found")
    query = select(*(column for column in found.c if column.key != "ends"))
    if "light" in names:
        query = query.where(bound(values("light", found.c.light, "", one_of(LIGHTS))))
    order = (found.c.ends.desc(), found.c.country, found.c.programme, found.c.period_id)
    return within_context(query.order_by(*order).limit(LARGEST + 1))


FILTERS: Mapping[str, Filter] = {
    one.name: one
    for one in (
        countries(_of.country),
        values("period", _p.code, "Codes of periods, separated by commas"),
        values("light", _p.code, "Lights, separated by commas", one_of(LIGHTS)),
    )
}
_QUERIES = Shapes(_query)
_planned = latest_of([_p.due_on + days for days in domain.REMINDED])
_TAKE_PERIODS = taking(period, _planned, _has_opened, is_due(_planned), order=(_p.due_on,), most=_MOST_PERIODS)
_MISSING = Statement(
    owed(
        _p.id == any_(bindparam("periods", type_=ARRAY(Uuid))),
        _report.c.id.is_(None),
        _of.status != constant("paused"),
    )
    .with_only_columns(*_of, _p.code.label("period"), _p.due_on)
    .order_by(_of.id, _p.id)
)
"""At most one for each country and period, since a country has one living programme under a framework."""


async def expected(
    connection: Connection, access: AccessScope, chosen: Mapping[str, Any], day: date
) -> list[dict[str, Any]]:
    """The reports that are expected on a day, of programmes that the caller's grants cover, by period, the latest
    first; at most one more than a response holds."""
    statement = _QUERIES.get(access.access_kind, tuple(chosen))
    rows = await statement.fetch(connection, today=day, **bound_values(chosen), **access.parameters)
    return [{name: str(value) if name in _IDS and value else value for name, value in row.items()} for row in rows]


async def take_missing(connection: Connection, day: date) -> list[MissingReport]:
    """Marks up to 10 periods of which programmes are to be reminded on this day, and returns those programmes, unless
    they are paused, that owe a report about one of them and have none. Skips periods that another transaction locks.
    Their versions stay."""
    periods = [row["id"] for row in await _TAKE_PERIODS.fetch(connection, today=day)]
    rows = await _MISSING.fetch(connection, today=day, periods=periods) if periods else ()
    return [MissingReport(record_of(Programme, row), row["period"], row["due_on"]) for row in rows]
