"""The lifecycle of a meeting of a committee, and its quorum. Plain Python."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal
from uuid import UUID

from services.centres.committees.committee_meetings.record import CommitteeMeeting
from services.centres.committees.seats.record import Seat
from shared.kernel.lifecycle import Lifecycle, transition
from shared.kernel.partial_date import earliest, latest

KINDS = ("online", "onsite", "hybrid")
MOST_SEATS = 500
"""Most seats that a meeting names as present, or as excused."""
FINAL = frozenset({"approved", "cancelled"})
"""The states in which a meeting does not change."""
HELD = frozenset({"held", "approved"})


@dataclass(frozen=True, slots=True)
class MeetingGuardContext:
    """The inputs of the guards. `has_ended_seat`: a seat that is present had ended before the day of the meeting."""

    present: int
    has_ended_seat: bool
    has_minutes: bool
    are_documents_available: bool


def _holdable(guard_context: MeetingGuardContext) -> Literal["present_missing", "seat_ended"] | None:
    if not guard_context.present:
        return "present_missing"
    return "seat_ended" if guard_context.has_ended_seat else None


def _approvable(guard_context: MeetingGuardContext) -> Literal["minutes_missing", "evidence_not_available"] | None:
    if not guard_context.has_minutes:
        return "minutes_missing"
    return None if guard_context.are_documents_available else "evidence_not_available"


LIFECYCLE: Lifecycle[MeetingGuardContext] = Lifecycle(
    ("planned", "held", "approved", "cancelled"),
    (
        transition("hold", "planned", "held", guard=_holdable),
        transition("approve", "held", "approved", guard=_approvable),
        transition("cancel", "planned", "cancelled"),
        transition("cancel_with_committee", "planned", "cancelled", is_scheduled=True),
    ),
)


@dataclass(frozen=True, slots=True)
class Counted:
    """What decisions of a meeting rest on: the most votes and recusals of one, the seats that are recused, and whether
    one was adopted."""

    votes: int
    recused: frozenset[UUID]
    is_adopted: bool


def has_quorum(record: CommitteeMeeting) -> bool:
    """Whether enough seats are present."""
    return len(record.present) >= record.needed


def day_of(starts: datetime) -> date:
    """The day on which a meeting begins, in UTC."""
    return starts.astimezone(UTC).date()


def may_be_present(seat: Seat, day: date) -> bool:
    """Whether the holder of a seat can be present on a day: the seat is appointed and its dates include the day."""
    begins = seat.starts is None or earliest(seat.starts) <= day
    return seat.status == "appointed" and begins and (seat.ends is None or day <= latest(seat.ends))


def has_ended_before(seats: Collection[Seat], day: date) -> bool:
    """Whether one of the seats had ended before a day."""
    return any(one.status == "ended" and one.ends is not None and latest(one.ends) < day for one in seats)
