"""The lifecycle of an invitation to review a contribution, and who is no reviewer. Plain Python."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from shared.kernel.lifecycle import Lifecycle, transition

MOST_OF_CONTRIBUTION = 100
"""Most invitations of a contribution that have not ended."""
AWAITED = ("invited", "accepted")
"""The states in which something is expected of the expert."""
LIVING = (*AWAITED, "completed")
NO_REVIEWER: Mapping[str, str] = {
    "is_an_author": "An author does not review the contribution.",
    "same_institution": "The expert has been of an author's institution within three years.",
    "conflict_of_interest": "The expert has a conflict of interest: stated, or as an official of the country.",
}
"""Why an expert does not review a contribution."""


@dataclass(frozen=True, slots=True)
class ReviewerGuardContext:
    """The inputs of the guards: whether the caller is the invited expert, and whether experts still review."""

    is_own: bool
    is_over: bool = False


def _by_expert(guard_context: ReviewerGuardContext) -> Literal["not_the_reviewer"] | None:
    return None if guard_context.is_own else "not_the_reviewer"


def _in_time(guard_context: ReviewerGuardContext) -> Literal["not_the_reviewer", "round_over"] | None:
    return _by_expert(guard_context) or ("round_over" if guard_context.is_over else None)


LIFECYCLE: Lifecycle[ReviewerGuardContext] = Lifecycle(
    (*LIVING, "declined", "withdrawn"),
    (
        transition("accept", "invited", "accepted", guard=_in_time, fields=("conflict_of_interest", "conflict")),
        transition("complete", "accepted", "completed", guard=_in_time),
        transition("decline", "invited", "declined", guard=_by_expert),
        transition("withdraw", "|".join(LIVING), "withdrawn"),
    ),
)
