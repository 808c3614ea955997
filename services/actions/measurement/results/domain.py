"""The lifecycle of a result."""

from dataclasses import dataclass
from typing import Literal

from services.actions.measurement.periods.domain import EntryRefusal
from shared.kernel.lifecycle import Lifecycle, transition

PUBLISHED = frozenset({"published", "superseded", "retracted"})
OPEN = ("draft", "submitted", "approved", "accepted")
REPORTED = (*OPEN[1:], "published")
"""The states of a result that was submitted and not returned, retracted or replaced."""
VALUES_CHANGE = frozenset({"published", "retracted", "discarded"})
"""The states that change with which value others are compared."""
MORE_DAYS = 14
"""How many days more a country gets with a returned result of a closed period."""


@dataclass(frozen=True, slots=True)
class ResultGuardContext:
    """The inputs of the guards. `period`: why no result of the period is entered now. `is_another`, `is_independent`:
    the caller is none of the authors, and also holds no office of the country."""

    has_value: bool
    lacks_parts: bool
    has_errors: bool
    has_open_warnings: bool
    period: EntryRefusal | None
    is_evidence_available: bool
    is_another: bool
    is_independent: bool


def _submittable(
    guard_context: ResultGuardContext,
) -> (
    Literal[
        "value_missing",
        "breakdown_missing",
        "validation_errors",
        "period_closed",
        "period_locked",
        "evidence_not_available",
    ]
    | None
):
    if not guard_context.has_value:
        return "value_missing"
    if guard_context.lacks_parts:
        return "breakdown_missing"
    if guard_context.has_errors:
        return "validation_errors"
    if guard_context.period is not None:
        return "period_locked" if guard_context.period == "period_locked" else "period_closed"
    return None if guard_context.is_evidence_available else "evidence_not_available"


def _approvable(guard_context: ResultGuardContext) -> Literal["is_the_author", "warnings_open"] | None:
    if not guard_context.is_another:
        return "is_the_author"
    return "warnings_open" if guard_context.has_open_warnings else None


def _acceptable(guard_context: ResultGuardContext) -> Literal["not_independent"] | None:
    return None if guard_context.is_independent else "not_independent"


LIFECYCLE: Lifecycle[ResultGuardContext] = Lifecycle(
    ("draft", "submitted", "approved", "accepted", "published", "superseded", "retracted", "discarded"),
    (
        transition("submit", "draft", "submitted", guard=_submittable),
        transition("approve", "submitted", "approved", guard=_approvable, fields=("acknowledge",)),
        transition("accept", "approved", "accepted", guard=_acceptable),
        transition("publish", "accepted", "published", fields=("visibility",)),
        transition("return", "submitted|approved|accepted", "draft", reason_required=True),
        transition("discard", "draft", "discarded"),
        transition("retract", "published", "retracted", reason_required=True),
        transition("supersede", "published", "superseded", is_scheduled=True),
    ),
)
