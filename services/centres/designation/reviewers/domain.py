"""The lifecycle of an invitation to review a centre, and when its expert is reminded."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from shared.kernel.lifecycle import Lifecycle, transition

FIRST_REMINDER, LAST_REMINDER = timedelta(days=7), timedelta(days=1)
"""How long before the due day the expert is reminded."""
LONGEST = timedelta(days=365)
"""The latest due day of a review, from today."""
MOST_PER_CENTRE = 50
"""Most invitations to review one centre that have not ended."""
DECISIONS = {"accept": "accepted", "decline": "declined"}
"""The transitions of the invited expert, and the states that they lead to."""
OPEN = ("invited", "accepted")
"""The states in which the review is missing."""
LIVING = (*OPEN, "completed")
"""The states in which the expert is a reviewer of the centre, or may become one."""


@dataclass(frozen=True, slots=True)
class ReviewerGuardContext:
    """The input of the guards: whether the caller is the invited expert."""

    is_own: bool


def _by_expert(guard_context: ReviewerGuardContext) -> Literal["not_the_reviewer"] | None:
    return None if guard_context.is_own else "not_the_reviewer"


LIFECYCLE: Lifecycle[ReviewerGuardContext] = Lifecycle(
    ("invited", "accepted", "completed", "declined", "replaced", "ended"),
    (
        transition("accept", "invited", "accepted", guard=_by_expert, fields=("conflict_of_interest", "conflict")),
        transition("decline", "invited", "declined", guard=_by_expert),
        transition(
            "replace", "invited|accepted", "replaced", fields=("expert_id", "due"), required=("expert_id", "due")
        ),
        transition("complete", "invited|accepted", "completed", is_scheduled=True),
        transition("end", "invited|accepted|completed", "ended", is_scheduled=True),
    ),
)


def is_due_day(day: date, today: date) -> bool:
    """Whether a review may be due on this day: after today, within a year."""
    return today < day <= today + LONGEST
