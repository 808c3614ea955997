"""Reading reports."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, Uuid, bindparam, case, or_, select
from sqlalchemy.sql.elements import ColumnElement

from services.centres.annual_reports import domain
from services.centres.annual_reports.record import AnnualReport
from services.centres.annual_reports.tables import annual_report
from shared.contracts import views
from shared.database.context import Lookup
from shared.database.statements import Connection, Row, Statement
from shared.kernel.clock import today
from shared.records.access_scope import AccessKind, AccessScope, constant, visible
from shared.records.filters import Filter, one_of, parsed_day, parsed_year, values
from shared.records.plain import by_grant, listing
from shared.records.rows import record_of, records_of

_r = annual_report.c
_today = bindparam("today", type_=Date)
_MOST = 500
_awaited = _r.status.in_([constant(status) for status in domain.OPEN])
_light: ColumnElement[Any] = case(
    (~_awaited, None),
    (_r.due >= _today, constant(domain.GREEN)),
    (_r.due + domain.LATE.days >= _today, constant(domain.YELLOW)),
    else_=constant(domain.RED),
)


def visible_to(access_kind: AccessKind) -> Select[Any]:
    """The reports that the caller may know of: also those of the centres of their grants."""
    return select(annual_report).where(
        or_(visible(annual_report, access_kind, domain.PUBLISHED), by_grant(annual_report, _r.centre_id, access_kind))
    )


def _on_day(_access: AccessScope) -> dict[str, date]:
    return {"today": today()}


_COMMON = listing(
    AnnualReport,
    annual_report,
    domain.LIFECYCLE.states,
    visible_to,
    Filter("year", "A year", parsed_year, lambda bound: _r.year == bound),
    Filter("due_before", "Due before this day", parsed_day, lambda bound: _r.due < bound),
    replace(values("light", _light, "Lights, separated by commas", one_of(domain.LIGHTS)), of_caller=_on_day),
)
LISTING = replace(_COMMON, sorts={**_COMMON.sorts, "due": _r.due})
_NAMED = Lookup(select(views.CENTRES).where(views.CENTRES.c.id == bindparam("key", type_=Uuid)).limit(1))
_BEFORE = Lookup(
    select(annual_report)
    .where(
        _r.centre_id == bindparam("centre", type_=Uuid),
        _r.status == constant("accepted"),
        _r.period_ends < bindparam("ends", type_=Date),
    )
    .order_by(_r.period_ends.desc(), _r.id)
    .limit(1)
)
_FUTURE = Statement(
    select(annual_report)
    .where(_r.centre_id == bindparam("centre"), _r.status == constant("due"), _r.period_starts > _today)
    .order_by(_r.id)
    .with_for_update()
)
_LATE = Statement(
    select(annual_report)
    .where(
        _awaited,
        _r.due < _today,
        or_(_r.announced.is_(None), (_r.announced == constant(domain.YELLOW)) & (_light == constant(domain.RED))),
    )
    .order_by(_r.id)
    .limit(_MOST)
    .with_for_update(skip_locked=True)
)


async def centre_named(connection: Connection, key: UUID) -> Row | None:
    """The published columns of a centre, regardless of the caller."""
    return await _NAMED.fetchrow(connection, key=key)


async def accepted_before(connection: Connection, report: AnnualReport) -> AnnualReport | None:
    """The last accepted report of the same centre about an earlier period, regardless of the caller."""
    row = await _BEFORE.fetchrow(connection, centre=report.centre_id, ends=report.period_ends)
    return record_of(AnnualReport, row) if row else None


async def lock_future(connection: Connection, centre: UUID, day: date) -> list[AnnualReport]:
    """The reports of a centre that are due and whose period begins after a day, locked."""
    return records_of(AnnualReport, await _FUTURE.fetch(connection, centre=centre, today=day))


async def lock_unannounced(connection: Connection, day: date) -> list[AnnualReport]:
    """Late reports that have entered a light without a fact, locked; at most 500."""
    return records_of(AnnualReport, await _LATE.fetch(connection, today=day))
