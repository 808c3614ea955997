"""The lifecycle of an erasure."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from shared.kernel.errors import invalid_field
from shared.kernel.lifecycle import Lifecycle, by_two, transition
from shared.kernel.step_up import TWO_FACTORS

WAITS = timedelta(days=14)
"""The time between a request and its run, in which it may be cancelled."""
LONGEST_HOLD = timedelta(days=365)
PENDING = ("requested", "held")
"""The states in which the expert is restricted and may be restored."""
OPEN = ("proposed", *PENDING, "running")
"""The states of an erasure that has not ended; an expert has at most one of these."""


@dataclass(frozen=True, slots=True)
class ErasureGuardContext:
    """The inputs of the guards. `is_own`: the caller's account is the person's; `is_requester`: the caller requested
    it, or a retention rule did."""

    is_own: bool
    is_requester: bool


def _confirmable(guard_context: ErasureGuardContext) -> Literal["second_person_is_the_first"] | None:
    return "second_person_is_the_first" if guard_context.is_requester else None


def _cancellable(guard_context: ErasureGuardContext) -> Literal["not_the_person"] | None:
    return None if guard_context.is_own or guard_context.is_requester else "not_the_person"


LIFECYCLE: Lifecycle[ErasureGuardContext] = Lifecycle(
    ("proposed", "requested", "held", "running", "done", "cancelled"),
    (
        transition("confirm", "proposed", "requested", guard=_confirmable, step_up=TWO_FACTORS),
        transition("cancel", "proposed|requested|held", "cancelled", guard=_cancellable),
        transition(
            "hold",
            "requested",
            "held",
            second_person=by_two,
            reason_required=True,
            fields=("until", "second_person"),
            required=("until",),
        ),
        transition("release", "held", "requested"),
        transition("resume", "held", "requested", is_scheduled=True),
        transition("run", "requested", "running", is_scheduled=True),
        transition("finish", "running", "done", is_scheduled=True),
    ),
)


def end_of_hold(until: date | None, today: date) -> date:
    """The last day of a hold. Raises Invalid if it is missing, not after today or more than a year away."""
    if until is None:
        raise invalid_field("/fields/until", "required", "The last day of the hold.")
    if not today < until <= today + LONGEST_HOLD:
        raise invalid_field("/fields/until", "out_of_range", "After today, and at most a year from today.")
    return until
