"""The lives of actions (IATI activity status) and of their milestones."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from shared.kernel.lifecycle import Lifecycle, transition

PILLARS = ("core", "action-1", "action-2", "action-3")
KINDS = ("action", "research_project")
IATI_STATUS = {
    "proposed": 1,
    "planned": 1,
    "in_progress": 2,
    "finalising": 3,
    "closed": 4,
    "cancelled": 5,
    "suspended": 6,
}
"""IATI 2.03, codelist ActivityStatus."""
PUBLISHED_ACTIONS = frozenset({"planned", "in_progress", "finalising", "closed", "cancelled", "suspended"})
PUBLISHED_MILESTONES = frozenset({"pending", "in_progress", "claimed", "done", "dropped"})
ENDED_ACTIONS = frozenset({"closed", "cancelled"})
WORKING_PROGRAMMES = frozenset({"approved", "implementing"})
"""States of a programme in which its actions start."""
_OPEN_MILESTONES = frozenset({"pending", "in_progress", "claimed"})


@dataclass(frozen=True, slots=True)
class ActionGuardContext:
    """What the guards look at."""

    open_milestones: int = 0
    programme_status: str | None = None
    """Read only where the action may start."""


@dataclass(frozen=True, slots=True)
class MilestoneGuardContext:
    """What the guards look at. `is_independent`: the caller is of another body than whoever claimed it."""

    has_evidence: bool
    is_independent: bool


def _is_delivered(guard_context: ActionGuardContext) -> Literal["milestones_open"] | None:
    return "milestones_open" if guard_context.open_milestones else None


def _may_start(guard_context: ActionGuardContext) -> Literal["programme_not_approved"] | None:
    return None if guard_context.programme_status in WORKING_PROGRAMMES else "programme_not_approved"


def _has_evidence(guard_context: MilestoneGuardContext) -> Literal["evidence_missing"] | None:
    return None if guard_context.has_evidence else "evidence_missing"


def _is_independent(guard_context: MilestoneGuardContext) -> Literal["not_independent"] | None:
    return None if guard_context.is_independent else "not_independent"


ACTION: Lifecycle[ActionGuardContext] = Lifecycle(
    ("proposed", "planned", "in_progress", "finalising", "closed", "suspended", "cancelled"),
    (
        transition("approve", "proposed", "planned"),
        transition("start", "planned", "in_progress", guard=_may_start),
        transition("finish", "in_progress", "finalising"),
        transition("close", "finalising", "closed", guard=_is_delivered),
        transition("suspend", "planned|in_progress", "suspended", reason_required=True),
        transition("resume", "suspended", None),
        transition("cancel", "proposed|planned|in_progress|suspended", "cancelled", reason_required=True),
    ),
)
MILESTONE: Lifecycle[MilestoneGuardContext] = Lifecycle(
    ("pending", "in_progress", "claimed", "done", "dropped"),
    (
        transition("start", "pending", "in_progress"),
        transition("claim", "in_progress", "claimed", guard=_has_evidence, fields=("evidence",)),
        transition("verify", "claimed", "done", guard=_is_independent),
        transition("refuse", "claimed", "in_progress", reason_required=True),
        transition("drop", "pending|in_progress", "dropped", reason_required=True),
    ),
)


def is_overdue(status: str, due: date, today: date) -> bool:
    """Whether a milestone's day is over and it is neither done nor dropped."""
    return status in _OPEN_MILESTONES and due < today
