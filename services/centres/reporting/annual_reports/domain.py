"""The lifecycle of a report, its periods and its lights. Plain Python."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, NamedTuple

from services.centres.questions.report_templates import domain as templates
from services.centres.reporting.annual_reports.record import AnnualReport
from shared.kernel.clock import years_after
from shared.kernel.lifecycle import Lifecycle, transition
from shared.kernel.lights import light_after
from shared.questionnaires.answers import Answer

ANNUAL, FINAL = KINDS = ("annual", "final")
TEMPLATES = {ANNUAL: templates.ANNUAL, FINAL: templates.FINAL}
"""The kind of template that each kind of report answers."""
PUBLISHED = frozenset({"accepted"})
OPEN = ("due", "draft")
"""The states in which the report is awaited."""
DUE_AFTER = timedelta(days=60)
"""From the end of a period to the last day of its report."""
EARLIEST = timedelta(days=90)
"""How long before the end of its period an annual report is started; a final one is from its beginning on."""
LATE = timedelta(days=30)
"""How long after its last day the light of a report is yellow; red afterwards."""
EMPTY: Mapping[str, Mapping[str, Answer] | list[str] | int] = {
    **{name: {} for name in ("answers", "figures", "public_answers", "public_figures", "comments")},
    **{name: [] for name in ("documents", "answered", "prefilled")},
    "required": 0,
    "missing": 0,
}
"""The columns of a report without answers."""
ENTERED_LATE = "entered_late"
"""Stands for the lights of a report whose last day had passed when it was entered: no fact announces them."""
REMINDED = (-30, -7, 1, 30)
"""The days after the last day of an awaited report on which its centre is reminded; those below 0 are before it."""


class Period(NamedTuple):
    """The first and the last day that a report is about."""

    starts: date
    ends: date

    @property
    def due(self) -> date:
        return self.ends + DUE_AFTER


@dataclass(frozen=True, slots=True)
class ReportGuardContext:
    """From when a report may be written, and what it lacks."""

    today: date
    opens: date
    has_template: bool = False
    is_complete: bool = False
    is_evidence_available: bool = True
    is_unconfirmed: bool = False


def _startable(guard_context: ReportGuardContext) -> Literal["too_early", "template_missing"] | None:
    if guard_context.today < guard_context.opens:
        return "too_early"
    return None if guard_context.has_template else "template_missing"


def _complete(
    guard_context: ReportGuardContext,
) -> Literal["answers_missing", "evidence_not_available", "prefill_unconfirmed"] | None:
    if not guard_context.is_complete:
        return "answers_missing"
    if not guard_context.is_evidence_available:
        return "evidence_not_available"
    return "prefill_unconfirmed" if guard_context.is_unconfirmed else None


LIFECYCLE: Lifecycle[ReportGuardContext] = Lifecycle(
    ("due", "draft", "submitted", "accepted", "waived"),
    (
        transition("start", "due", "draft", guard=_startable),
        transition("submit", "draft", "submitted", guard=_complete, fields=("confirm_prefilled",)),
        transition("accept", "submitted", "accepted"),
        transition("return", "submitted", "draft", reason_required=True, fields=("comments",)),
        transition("reopen", "accepted", "draft", reason_required=True),
        transition("waive", "due|draft", "waived", reason_required=True),
        transition("waive_by_closure", "due|draft", "waived", is_scheduled=True),
        transition("waive_by_renewal", "due|draft", "waived", is_scheduled=True),
        transition("record_submission", "due|draft", "submitted", is_scheduled=True),
        transition("record_acceptance", "due|draft|submitted", "accepted", is_scheduled=True),
    ),
)


def periods_of(starts: date, ends: date) -> list[Period]:
    """The years of a term; the last one may be shorter."""
    found = []
    while starts <= ends:
        following = years_after(starts, 1)
        found.append(Period(starts, min(following - timedelta(days=1), ends)))
        starts = following
    return found


def opens(record: AnnualReport) -> date:
    """The first day on which a report may be started."""
    return record.period_starts if record.kind == FINAL else record.period_ends - EARLIEST


def light_of(record: AnnualReport, today: date) -> str | None:
    """Whether an awaited report is in time, late or very late; None once it is submitted or waived."""
    return light_on(today, record.due) if record.status in OPEN else None


def light_on(day: date, due: date) -> str:
    """The light of a report on a day while it is awaited."""
    return light_after(due, day, LATE)
