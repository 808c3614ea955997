"""Reading seats: whoever may know of the committee may know of its seats."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, Text, Uuid, bindparam, cast, func, literal_column, select, tuple_
from sqlalchemy.sql.elements import ColumnElement

from services.centres.committees.committees.domain import PUBLISHED
from services.centres.committees.committees.tables import committee
from services.centres.committees.seats.domain import ENDING, LIFECYCLE, OFFICES, REMINDED
from services.centres.committees.seats.record import Seat
from services.centres.committees.seats.tables import seat
from shared.database.statements import Connection, Statement
from shared.records.access_scope import AccessKind, constant
from shared.records.filters import Filter, parsed_day
from shared.records.listing import one_of, values
from shared.records.next_steps import TODAY, NextStep, NextSteps
from shared.records.plain import listing, with_parent
from shared.records.reminding import is_due, latest_of, taking
from shared.records.rows import records_of

_MOST_REMINDED = 2_500
_EVER: ColumnElement[Any] = literal_column("'-infinity'::date")
_appointed = select(seat).where(seat.c.status == "appointed").order_by(seat.c.id).limit(200).with_for_update()
_OF_COMMITTEE = Statement(_appointed.where(seat.c.committee_id == bindparam("committee")))
_OF_EXPERT = Statement(_appointed.where(seat.c.expert_id == bindparam("expert")))
_OVER = Statement(_appointed.where(seat.c.ends < func.left(bindparam("today", type_=Text), func.length(seat.c.ends))))


def visible_to(access_kind: AccessKind) -> Select[Any]:
    """The application filter: seats of committees that a caller of this variant may know of."""
    return select(seat).where(with_parent(committee, seat.c.committee_id, access_kind, PUBLISHED))


_may_end = func.coalesce(
    cast(func.rpad(seat.c.ends, literal_column("10"), literal_column("'-01-01'")), Date), seat.c.rotation_due
)
_ending = func.coalesce(func.escm.centre_last_day(seat.c.ends, type_=Date), seat.c.rotation_due, type_=Date)
"""The last day of a seat; without one, the day on which its rotation is due."""
NEXT_STEPS = NextSteps("centres.seats", seat, (NextStep("appointed", "end", only=_may_end - ENDING.days <= TODAY),))
LISTING = listing(
    Seat,
    seat,
    LIFECYCLE.states,
    visible_to,
    values("office", seat.c.office, "Offices, separated by commas", one_of(OFFICES)),
    Filter("ends_before", "Ending, or with a rotation due, before this day", parsed_day, lambda bound: _ending < bound),
    NEXT_STEPS.holder,
)
_first_day = func.coalesce(func.escm.centre_first_day(seat.c.starts, type_=Date), _EVER)
_starts = func.coalesce(func.escm.centre_first_day(bindparam("starts", type_=Text), type_=Date), _EVER)
_EARLIER = Statement(
    select(func.count().label("terms")).where(
        seat.c.committee_id == bindparam("committee"),
        seat.c.office == bindparam("office"),
        seat.c.expert_id.is_not_distinct_from(bindparam("expert", type_=Uuid)),
        seat.c.search_key == bindparam("search_key"),
        seat.c.id != bindparam("key", type_=Uuid),
        tuple_(_first_day, seat.c.id) < tuple_(_starts, bindparam("key", type_=Uuid)),
    )
)
_planned = latest_of([_ending + days for days in REMINDED])
_TAKE_REMINDED = taking(
    seat, _planned, seat.c.status == constant("appointed"), is_due(_planned), order=(_ending,), most=_MOST_REMINDED
)


async def lock_appointed(
    connection: Connection, *, committee: UUID | None = None, expert: UUID | None = None
) -> list[Seat]:
    """The appointed seats of a committee, or of an expert, locked; at most 200."""
    if committee is not None:
        return records_of(Seat, await _OF_COMMITTEE.fetch(connection, committee=committee))
    return records_of(Seat, await _OF_EXPERT.fetch(connection, expert=expert))


async def lock_over(connection: Connection, today: str) -> list[Seat]:
    """Appointed seats whose last day is before `today` (YYYY-MM-DD), locked; at most 200."""
    return records_of(Seat, await _OVER.fetch(connection, today=today))


async def terms_before(connection: Connection, record: Seat) -> int:
    """How many earlier seats the person has or had in the same office of the committee."""
    (row,) = await _EARLIER.fetch(
        connection,
        committee=record.committee_id,
        office=record.office,
        expert=record.expert_id,
        search_key=record.search_key,
        key=record.id,
        starts=record.starts,
    )
    return int(row["terms"])


async def take_reminded(connection: Connection, day: date) -> list[Seat]:
    """Marks up to 2,500 appointed seats of which those concerned are to be reminded on this day, and returns them.
    Skips those that another transaction locks. Their versions stay."""
    return records_of(Seat, await _TAKE_REMINDED.fetch(connection, today=day))
