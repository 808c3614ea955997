"""The lifecycle of a milestone."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from shared.kernel.lifecycle import Lifecycle, transition

PUBLISHED = frozenset({"pending", "in_progress", "claimed", "done", "dropped"})
OPEN = frozenset({"pending", "in_progress", "claimed"})


@dataclass(frozen=True, slots=True)
class MilestoneGuardContext:
    """The inputs of the guards. `is_evidence_available`: so is every file of evidence that the documents name.
    `is_independent`: the caller is of another body than the claimants."""

    has_evidence: bool
    is_evidence_available: bool
    is_independent: bool


def _has_evidence(
    guard_context: MilestoneGuardContext,
) -> Literal["evidence_missing", "evidence_not_available"] | None:
    if not guard_context.has_evidence:
        return "evidence_missing"
    return None if guard_context.is_evidence_available else "evidence_not_available"


def _verifiable(
    guard_context: MilestoneGuardContext,
) -> Literal["evidence_not_available", "not_independent"] | None:
    if not guard_context.is_evidence_available:
        return "evidence_not_available"
    return None if guard_context.is_independent else "not_independent"


LIFECYCLE: Lifecycle[MilestoneGuardContext] = Lifecycle(
    ("pending", "in_progress", "claimed", "done", "dropped"),
    (
        transition("start", "pending", "in_progress"),
        transition("claim", "in_progress", "claimed", guard=_has_evidence, fields=("evidence",)),
        transition("verify", "claimed", "done", guard=_verifiable),
        transition("refuse", "claimed", "in_progress", reason_required=True),
        transition("drop", "pending|in_progress", "dropped", reason_required=True),
    ),
)


def is_overdue(status: str, due: date, today: date) -> bool:
    """Whether a milestone's due day has passed and it is neither done nor dropped."""
    return status in OPEN and due < today
