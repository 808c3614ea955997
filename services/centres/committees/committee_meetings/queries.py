"""Reading meetings of committees, for grants that cover the country or the committee."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import Date, Integer, Uuid, any_, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.centres.committees.committee_meetings.domain import KINDS, LIFECYCLE, MOST_SEATS, Counted
from services.centres.committees.committee_meetings.record import CommitteeMeeting
from services.centres.committees.committee_meetings.tables import committee_meeting
from services.centres.committees.seats.record import Seat
from services.centres.committees.seats.tables import seat
from shared.contracts import views
from shared.database.context import Lookup
from shared.database.statements import Connection, Statement
from shared.records.filters import one_of, values
from shared.records.next_steps import TODAY, NextStep, NextSteps
from shared.records.plain import by_whole, listing
from shared.records.rows import record_of, records_of

_m = committee_meeting.c
_MOST = 200
_has_come = cast(func.timezone("UTC", _m.starts), Date) <= TODAY
NEXT_STEPS = NextSteps(
    "centres.committee_meetings",
    committee_meeting,
    (NextStep("planned", "hold", only=_has_come), NextStep("held", "approve")),
    _m.committee_id,
)
_COMMON = listing(
    CommitteeMeeting,
    committee_meeting,
    LIFECYCLE.states,
    by_whole(committee_meeting, _m.committee_id),
    values("kind", _m.kind, "Kinds, separated by commas", one_of(KINDS)),
    NEXT_STEPS.holder,
)
LISTING = replace(_COMMON, sorts={**_COMMON.sorts, "starts": _m.starts})

_KEY = bindparam("key", type_=Uuid)
_ONE = Statement(select(committee_meeting).where(_m.id == _KEY))
_ANY = Lookup(select(committee_meeting).where(_m.id == _KEY).limit(1))
_named = select(seat).where(seat.c.id == any_(bindparam("keys", type_=ARRAY(Uuid)))).order_by(seat.c.id)
_SEATS, _ANY_SEATS = Statement(_named), Lookup(_named.limit(MOST_SEATS))
_NEEDED = Statement(
    select(
        func.escm.centre_committee_quorum(
            bindparam("committee", type_=Uuid), bindparam("day", type_=Date), type_=Integer
        ).label("needed")
    )
)
_PLANNED = Statement(
    select(committee_meeting)
    .where(_m.committee_id == _KEY, _m.status == "planned")
    .order_by(_m.id)
    .limit(_MOST)
    .with_for_update()
)
_decision = views.DECISIONS.c
_DECISIONS = Lookup(
    select(_decision.status, _decision.counted, _decision.recused)
    .where(_decision.meeting_id == _KEY)
    .order_by(_decision.id)
    .limit(10_000)
)


async def meeting_of(connection: Connection, key: UUID) -> CommitteeMeeting | None:
    """The meeting within the connection's context."""
    row = await _ONE.fetchrow(connection, key=key)
    return record_of(CommitteeMeeting, row) if row else None


async def seats_named(connection: Connection, keys: Collection[UUID]) -> list[Seat]:
    """The seats with these ids within the connection's context."""
    return records_of(Seat, await _SEATS.fetch(connection, keys=list(keys))) if keys else []


async def meeting_at(connection: Connection, key: UUID) -> CommitteeMeeting | None:
    """The meeting, regardless of the caller."""
    row = await _ANY.fetchrow(connection, key=key)
    return record_of(CommitteeMeeting, row) if row else None


async def seats_at(connection: Connection, keys: Collection[UUID]) -> list[Seat]:
    """The seats with these ids, regardless of the caller."""
    return records_of(Seat, await _ANY_SEATS.fetch(connection, keys=list(keys))) if keys else []


async def needed_on(connection: Connection, committee: UUID, day: date) -> int:
    """How many seats of a committee have to be present on a day."""
    (row,) = await _NEEDED.fetch(connection, committee=committee, day=day)
    return int(row["needed"])


async def lock_planned(connection: Connection, committee: UUID) -> list[CommitteeMeeting]:
    """The planned meetings of a committee, locked; at most 200."""
    return records_of(CommitteeMeeting, await _PLANNED.fetch(connection, key=committee))


async def counted_in(connection: Connection, meeting: UUID) -> Counted:
    """What the decisions of a meeting rest on, regardless of the caller."""
    rows = await _DECISIONS.fetch(connection, key=meeting)
    recused = frozenset(key for row in rows for key in row["recused"])
    is_adopted = any(row["status"] == "adopted" for row in rows)
    return Counted(max((row["counted"] for row in rows), default=0), recused, is_adopted)
