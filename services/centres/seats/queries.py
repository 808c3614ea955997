"""Reading seats: whoever may know of the committee may know of its seats."""

from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, Text, bindparam, cast, func, literal_column, select

from services.centres.committees.domain import PUBLISHED
from services.centres.committees.tables import committee
from services.centres.seats.domain import ENDING, LIFECYCLE, OFFICES
from services.centres.seats.record import Seat
from services.centres.seats.tables import seat
from shared.database.statements import Connection, Statement
from shared.records.access_scope import AccessKind
from shared.records.listing import one_of, values
from shared.records.next_steps import TODAY, NextStep, NextSteps
from shared.records.plain import listing, with_parent
from shared.records.rows import records_of

_appointed = select(seat).where(seat.c.status == "appointed").order_by(seat.c.id).limit(200).with_for_update()
_OF_COMMITTEE = Statement(_appointed.where(seat.c.committee_id == bindparam("committee")))
_OF_EXPERT = Statement(_appointed.where(seat.c.expert_id == bindparam("expert")))
_OVER = Statement(_appointed.where(seat.c.ends < func.left(bindparam("today", type_=Text), func.length(seat.c.ends))))


def visible_to(access_kind: AccessKind) -> Select[Any]:
    """The application filter: seats of committees that a caller of this variant may know of."""
    return select(seat).where(with_parent(committee, seat.c.committee_id, access_kind, PUBLISHED))


_may_end = cast(func.rpad(seat.c.ends, literal_column("10"), literal_column("'-01-01'")), Date)
NEXT_STEPS = NextSteps("centres.seats", seat, (NextStep("appointed", "end", only=_may_end - ENDING.days <= TODAY),))
LISTING = listing(
    Seat,
    seat,
    LIFECYCLE.states,
    visible_to,
    values("office", seat.c.office, "Offices, separated by commas", one_of(OFFICES)),
    NEXT_STEPS.holder,
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
