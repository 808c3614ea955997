"""The lifecycle of an offer, and the days that an expert has to respond."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, NamedTuple
from uuid import UUID

from shared.kernel.lifecycle import Lifecycle, transition

USUAL, LONGEST = timedelta(days=14), timedelta(days=60)
"""The last day to respond: by default, and at the latest, from today."""
MOST_OPEN = 3
"""An expert with so many open offers gets no other one."""
OPEN = ("offered", "accepted")
"""The states in which an offer waits for somebody."""
LIVING = (*OPEN, "confirmed")
"""The states in which its expert takes part in the request."""
ANSWERS = ("accept", "decline")
"""The transitions of the expert."""


@dataclass(frozen=True, slots=True)
class OfferGuardContext:
    """The input of the guard: whether the last day to respond has passed, also before the schedule notices it."""

    is_over: bool


def _in_time(guard_context: OfferGuardContext) -> Literal["offer_expired"] | None:
    return "offer_expired" if guard_context.is_over else None


LIFECYCLE: Lifecycle[OfferGuardContext] = Lifecycle(
    ("offered", "accepted", "confirmed", "declined", "refused", "expired", "withdrawn"),
    (
        transition("accept", "offered", "accepted", guard=_in_time),
        transition("decline", "offered", "declined"),
        transition("withdraw", "|".join(OPEN), "withdrawn"),
        transition("confirm", "accepted", "confirmed"),
        transition("refuse", "accepted", "refused"),
        transition("expire", "offered", "expired", is_scheduled=True),
        transition("end", "|".join(LIVING), "withdrawn", is_scheduled=True),
    ),
)


class LivingOffer(NamedTuple):
    """An offer of a request, in so far as its clock and its guards depend on it."""

    expert_id: UUID
    status: str
    respond_by: date


def is_over(respond_by: date, today: date) -> bool:
    """Whether the last day to respond has passed."""
    return respond_by < today


def is_in_time(day: date, today: date) -> bool:
    """Whether an expert may be asked to respond by this day."""
    return today <= day <= today + LONGEST
