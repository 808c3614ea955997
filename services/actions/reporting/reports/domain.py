"""The lifecycle of a progress report, its holder and its light. Plain Python."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from services.actions.reporting.reports.record import Report
from shared.kernel.lifecycle import Lifecycle, transition
from shared.kernel.lights import light_after

PREFILLS = ("previous", "none")
CREDIT = (
    "conceptualization", "data-curation", "formal-analysis", "funding-acquisition", "investigation", "methodology",
    "project-administration", "resources", "software", "supervision", "validation", "visualization",
    "writing-original-draft", "writing-review-editing",
)  # fmt: skip
"""The roles of the Contributor Role Taxonomy (ANSI/NISO Z39.104-2022)."""
PUBLISHED = frozenset({"published", "superseded", "retracted"})
AWAITED = ("draft", "changes_requested")
"""The states in which the authors have the report."""
OPEN = ("draft", "submitted", "in_review", "changes_requested", "cleared")
SUBMITTED = ("submitted", "in_review", "cleared", "published", "superseded")
"""The states from which a later report is prefilled."""
COMMENTED = ("submitted", "in_review", "changes_requested")
"""The states in which comments are made."""
ENDING = frozenset({"published", "discarded"})
"""The states with which delegations end."""
COUNTRY, SECRETARIAT = "country", "secretariat"
_HOLDERS = {
    **dict.fromkeys((*AWAITED, "cleared"), COUNTRY),
    **dict.fromkeys(("submitted", "in_review"), SECRETARIAT),
}
LATE = timedelta(days=60)
"""How long after its last day the light of a report is yellow; red afterwards."""
REMINDED = (-30, -7, 1, 61)
"""The days after the last day of an awaited report on which its authors are reminded; those below 0 are before it."""


@dataclass(frozen=True, slots=True)
class ReportGuardContext:
    """The inputs of the guards. `is_another`, `is_independent`: the caller is none of the authors, and also holds no
    office of the country."""

    is_answered: bool = True
    is_confirmed: bool = True
    has_results: bool = True
    is_evidence_available: bool = True
    is_another: bool = True
    is_independent: bool = True
    has_open_comments: bool = False


def _submittable(
    guard_context: ReportGuardContext,
) -> Literal["answers_missing", "prefill_unconfirmed", "results_missing", "evidence_not_available"] | None:
    if not guard_context.is_answered:
        return "answers_missing"
    if not guard_context.is_confirmed:
        return "prefill_unconfirmed"
    if not guard_context.has_results:
        return "results_missing"
    return None if guard_context.is_evidence_available else "evidence_not_available"


def _clearable(
    guard_context: ReportGuardContext,
) -> Literal["is_an_author", "not_independent", "comments_open"] | None:
    if not guard_context.is_another:
        return "is_an_author"
    if not guard_context.is_independent:
        return "not_independent"
    return "comments_open" if guard_context.has_open_comments else None


LIFECYCLE: Lifecycle[ReportGuardContext] = Lifecycle(
    (
        "draft",
        "submitted",
        "in_review",
        "changes_requested",
        "cleared",
        "published",
        "superseded",
        "retracted",
        "discarded",
    ),
    (
        transition("submit", "draft|changes_requested", "submitted", guard=_submittable),
        transition("take", "submitted", "in_review"),
        transition("return", "in_review", "changes_requested", reason_required=True),
        transition("clear", "in_review", "cleared", guard=_clearable),
        transition("publish", "cleared", "published", fields=("visibility",)),
        transition("retract", "published", "retracted", reason_required=True),
        transition("discard", "draft", "discarded"),
        transition("supersede", "published", "superseded", is_scheduled=True),
    ),
)


def holder_of(status: str) -> str | None:
    """Who has a report in a state: the `country` or the `secretariat`; None if nobody waits."""
    return _HOLDERS.get(status)


def light_of(record: Report, today: date) -> str | None:
    """The light of a report while its authors have it; else None."""
    return light_on(today, record.status, record.due_on, record.replaces_id)


def light_on(day: date, status: str, due: date, replaces: UUID | None) -> str | None:
    """Whether a report is in time, late or very late while its authors have it; else None. One that replaces a
    published report is never late."""
    return light_after(due, day, LATE) if status in AWAITED and replaces is None else None


def reminder_of(due: date, day: date) -> str:
    """The fact of a reminder on a day about a report with this last day."""
    return "report_due" if day <= due else "report_late"
