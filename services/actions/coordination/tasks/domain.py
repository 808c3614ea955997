"""The lifecycle of a task, and who owns it."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from services.actions.coordination.tasks.record import Task
from shared.kernel.lifecycle import Lifecycle, transition

PRIORITIES = ("low", "normal", "high", "urgent")
REPORTED = "reported_error"
NAMELESS = ("other", REPORTED)
"""What a task may follow from without the id of a record."""
ABOUT = ("meeting", "correspondence", "report_review", "milestone", *NAMELESS)
"""What a task may follow from."""
ROLES = (
    "secretariat_officer",
    "government_focal_point",
    "national_author",
    "national_publisher",
    "committee_president",
    "committee_secretary",
)
"""The roles that may own a task of their country."""
OPEN = ("open", "in_progress")
"""The states in which a task waits for its owner."""
TIME_TO_ACT = timedelta(days=14)
"""How long after it was raised the task about an overdue milestone or letter is due."""
REPLYING = {"in": "secretariat_officer", "out": "government_focal_point"}
"""Who owes the reply to a letter, by its direction."""


@dataclass(frozen=True, slots=True)
class TaskGuardContext:
    """The input of the guard: whether the caller is another than who completed the task."""

    is_another: bool = True


def _verifiable(guard_context: TaskGuardContext) -> Literal["completed_by_caller"] | None:
    return None if guard_context.is_another else "completed_by_caller"


LIFECYCLE: Lifecycle[TaskGuardContext] = Lifecycle(
    (*OPEN, "done", "verified", "cancelled"),
    (
        transition("assign", "open", "open", fields=("owner",), fact="assigned"),
        transition("assign", "in_progress", "in_progress", fields=("owner",), fact="assigned"),
        transition("start", "open", "in_progress"),
        transition("complete", "in_progress", "done"),
        transition("verify", "done", "verified", guard=_verifiable),
        transition("reopen", "done", "open"),
        transition("cancel", "|".join(OPEN), "cancelled", reason_required=True),
    ),
)


@dataclass(frozen=True, slots=True)
class Owner:
    """An account, whoever holds a role in the country, or nobody."""

    account: UUID | None = None
    role: str | None = None


def owned(task: Task, owner: Owner) -> Task:
    """The task with another owner."""
    return replace(task, owner_id=owner.account, owner_role=owner.role)


def is_overdue(status: str, due: date, today: date) -> bool:
    """Whether the day of a task has passed and nobody has completed it."""
    return status in OPEN and due < today
