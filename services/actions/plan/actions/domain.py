"""The lifecycle of an action (IATI activity status)."""

from dataclasses import dataclass
from typing import Literal

from services.actions.plan.frameworks import domain as frameworks
from shared.kernel.lifecycle import Lifecycle, transition

PILLARS = ("core", *frameworks.PILLARS)
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
PUBLISHED = frozenset({"planned", "in_progress", "finalising", "closed", "cancelled", "suspended"})
ENDED = frozenset({"closed", "cancelled"})
WORKING_PROGRAMMES = frozenset({"approved", "implementing"})
"""States of a programme in which its actions may start."""


@dataclass(frozen=True, slots=True)
class ActionGuardContext:
    """The milestones of an action, and its programme."""

    open_milestones: int = 0
    programme_status: str | None = None
    """Read only if the action may start."""


def _is_delivered(guard_context: ActionGuardContext) -> Literal["milestones_open"] | None:
    return "milestones_open" if guard_context.open_milestones else None


def _may_start(guard_context: ActionGuardContext) -> Literal["programme_not_approved"] | None:
    return None if guard_context.programme_status in WORKING_PROGRAMMES else "programme_not_approved"


LIFECYCLE: Lifecycle[ActionGuardContext] = Lifecycle(
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
