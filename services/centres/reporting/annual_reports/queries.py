"""Reading reports."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, Text, Uuid, any_, bindparam, case, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from services.centres.access import REPORTING
from services.centres.reporting.annual_reports import domain
from services.centres.reporting.annual_reports.record import AnnualReport
from services.centres.reporting.annual_reports.tables import annual_report
from shared.contracts import views
from shared.database.context import Lookup
from shared.database.statements import Connection, Row, Statement
from shared.kernel.clock import today
from shared.kernel.lights import GREEN, LIGHTS, RED, YELLOW
from shared.records.access_scope import AccessKind, AccessScope, constant, visible
from shared.records.filters import Filter, one_of, parsed_day, parsed_year, values
from shared.records.listing import Extras
from shared.records.next_steps import TODAY, NextStep, NextSteps
from shared.records.plain import by_grant, listing
from shared.records.reminding import is_due, latest_of, taking
from shared.records.rows import record_of, records_of

_r = annual_report.c
_MOST = 2_500
_MOST_NAMED, _MOST_STARTED = 1_000, 20_000
_awaited = _r.status.in_([constant(status) for status in domain.OPEN])
_light: ColumnElement[Any] = case(
    (~_awaited, None),
    (_r.due >= TODAY, constant(GREEN)),
    (_r.due + domain.LATE.days >= TODAY, constant(YELLOW)),
    else_=constant(RED),
)


def visible_to(access_kind: AccessKind) -> Select[Any]:
    """The reports that the caller may know of: also those of the centres of their grants."""
    return select(annual_report).where(
        or_(visible(annual_report, access_kind, domain.PUBLISHED), by_grant(annual_report, _r.centre_id, access_kind))
    )


def _on_day(_access: AccessScope) -> dict[str, date]:
    return {"today": today()}


_is_annual, _is_final = (_r.kind == constant(kind) for kind in domain.KINDS)
_is_open = or_(_is_final, _r.period_ends - domain.EARLIEST.days <= TODAY)
NEXT_STEPS = NextSteps(
    "centres.annual_reports",
    annual_report,
    (
        NextStep("due", "start", among=REPORTING, only=_is_open),
        NextStep("draft", "submit", among=REPORTING),
        NextStep("submitted", "accept", not_by=_r.submitted_by),
    ),
    _r.centre_id,
)
_COMMON = listing(
    AnnualReport,
    annual_report,
    domain.LIFECYCLE.states,
    visible_to,
    values("kind", _r.kind, "Kinds, separated by commas", one_of(domain.KINDS)),
    Filter("year", "A year", parsed_year, lambda bound: _r.year == bound),
    Filter("due_before", "Due before this day", parsed_day, lambda bound: _r.due < bound),
    replace(values("light", _light, "Lights, separated by commas", one_of(LIGHTS)), of_caller=_on_day),
    NEXT_STEPS.holder,
)
LISTING = replace(_COMMON, sorts={**_COMMON.sorts, "due": _r.due})
_NUMBER = select(views.CENTRES.c.registration_number).where(views.CENTRES.c.id == _r.centre_id)
EXPORTED = replace(
    LISTING,
    base=lambda access_kind: visible_to(access_kind).where(_is_annual),
    extras=Extras({"registration_number": _NUMBER.scalar_subquery().label("registration_number")}),
)
"""Annual reports, which imports name by their year."""
_NUMBERED = Lookup(
    select(views.CENTRES)
    .where(views.CENTRES.c.registration_number == any_(bindparam("numbers", type_=ARRAY(Text))))
    .limit(_MOST_NAMED)
)
_TEMPLATES_OF = Lookup(
    select(_r.centre_id, _r.year, _r.template_id)
    .where(_r.centre_id == any_(bindparam("centres", type_=ARRAY(Uuid))), _r.template_id.is_not(None), _is_annual)
    .order_by(_r.id.desc())
    .limit(_MOST_STARTED)
)
_NAMED = Lookup(select(views.CENTRES).where(views.CENTRES.c.id == bindparam("key", type_=Uuid)).limit(1))
_BEFORE = Lookup(
    select(annual_report)
    .where(
        _r.centre_id == bindparam("centre", type_=Uuid),
        _r.kind == bindparam("kind", type_=Text),
        _r.status == constant("accepted"),
        _r.period_ends < bindparam("ends", type_=Date),
    )
    .order_by(_r.period_ends.desc(), _r.id)
    .limit(1)
)
_NOT_OWED = Statement(
    select(annual_report)
    .where(_r.centre_id == bindparam("centre"), _awaited, or_(_is_final, _r.period_starts > TODAY))
    .order_by(_r.id)
    .with_for_update()
)
_FINAL = Statement(
    select(annual_report)
    .where(_r.centre_id == bindparam("centre"), _awaited, _is_final)
    .order_by(_r.id)
    .with_for_update()
)
_LATE = Statement(
    select(annual_report)
    .where(
        _awaited,
        _r.due < TODAY,
        or_(_r.announced.is_(None), (_r.announced == constant(YELLOW)) & (_light == constant(RED))),
    )
    .order_by(_r.id)
    .limit(_MOST)
    .with_for_update(skip_locked=True)
)

_planned = latest_of([_r.due + days for days in domain.REMINDED])
_TAKE_REMINDED = taking(annual_report, _planned, _awaited, is_due(_planned), order=(_r.due,), most=_MOST)


async def centre_named(connection: Connection, key: UUID) -> Row | None:
    """The published columns of a centre, regardless of the caller."""
    return await _NAMED.fetchrow(connection, key=key)


async def centres_numbered(connection: Connection, numbers: Collection[str]) -> dict[str, Row]:
    """The published columns of the centres with these registration numbers, by number, regardless of the caller."""
    rows = await _NUMBERED.fetch(connection, numbers=list(numbers))
    return {row["registration_number"]: row for row in rows}


async def templates_of(connection: Connection, centres: Collection[UUID]) -> dict[tuple[UUID, int], UUID]:
    """The templates of the started reports of these centres, by centre and year; of two of a year that of the
    earlier."""
    rows = await _TEMPLATES_OF.fetch(connection, centres=list(centres))
    return {(row["centre_id"], row["year"]): row["template_id"] for row in rows}


async def accepted_before(connection: Connection, report: AnnualReport) -> AnnualReport | None:
    """The last accepted report of the same centre and kind about an earlier period, regardless of the caller."""
    row = await _BEFORE.fetchrow(connection, centre=report.centre_id, kind=report.kind, ends=report.period_ends)
    return record_of(AnnualReport, row) if row else None


async def lock_not_owed(connection: Connection, centre: UUID, day: date) -> list[AnnualReport]:
    """The awaited reports of a centre that it does not owe if it closes on a day: those whose period begins after it,
    and the final one. Locked."""
    return records_of(AnnualReport, await _NOT_OWED.fetch(connection, centre=centre, today=day))


async def lock_final(connection: Connection, centre: UUID) -> list[AnnualReport]:
    """The final reports that are awaited of a centre, locked."""
    return records_of(AnnualReport, await _FINAL.fetch(connection, centre=centre))


async def lock_unannounced(connection: Connection, day: date) -> list[AnnualReport]:
    """Late reports that have entered a light without a fact, locked; at most 2,500."""
    return records_of(AnnualReport, await _LATE.fetch(connection, today=day))


async def take_reminded(connection: Connection, day: date) -> list[AnnualReport]:
    """Marks up to 2,500 awaited reports of which centres are to be reminded on this day, and returns them. Skips those
    that another transaction locks. Their versions stay."""
    return records_of(AnnualReport, await _TAKE_REMINDED.fetch(connection, today=day))
