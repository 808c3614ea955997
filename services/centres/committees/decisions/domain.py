"""The lifecycle of a decision of a committee, and its votes. Plain Python."""

from dataclasses import dataclass
from typing import Literal

from services.centres.committees.decisions.record import Votes
from shared.kernel.lifecycle import Lifecycle, transition

KINDS = ("actions", "centres", "committees", "institutions", "networks")
"""The kinds of record that a decision is about."""
DRAFT = "draft"
Unadoptable = Literal["quorum_missing", "meeting_not_held", "majority_missing"]


@dataclass(frozen=True, slots=True)
class DecisionGuardContext:
    """The inputs of the guards. `has_quorum`: enough seats are present at the meeting, which `is_held`."""

    has_quorum: bool
    is_held: bool
    votes: Votes


def _adoptable(guard_context: DecisionGuardContext) -> Unadoptable | None:
    if not guard_context.has_quorum:
        return "quorum_missing"
    if not guard_context.is_held:
        return "meeting_not_held"
    return None if guard_context.votes["for"] > guard_context.votes["against"] else "majority_missing"


LIFECYCLE: Lifecycle[DecisionGuardContext] = Lifecycle(
    ("draft", "adopted", "rejected", "deferred"),
    (
        transition("adopt", "draft", "adopted", guard=_adoptable),
        transition("reject", "draft", "rejected"),
        transition("defer", "draft", "deferred"),
    ),
)


def counted(votes: Votes, recused: int) -> int:
    """The seats that votes and recusals are of."""
    return votes["for"] + votes["against"] + votes["abstain"] + recused
