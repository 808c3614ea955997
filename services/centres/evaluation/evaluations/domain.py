"""The lifecycle of an evaluation, its panel, its criteria and conflicts of interest. Plain Python."""

import csv
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from typing import Literal
from uuid import UUID

from services.centres.evaluation.evaluations import conditions
from services.centres.evaluation.evaluations.conditions import Condition
from services.centres.evaluation.evaluations.record import Evaluation
from shared.kernel.lifecycle import Lifecycle, transition
from shared.kernel.text import LANGUAGES
from shared.records.panels import Conflict, Criterion, conflict_of

MID_TERM, RENEWAL, SPECIAL = KINDS = ("mid_term", "renewal", "special")
RECOMMENDATIONS = ("renew", "renew_with_conditions", "not_renew")
OPEN = ("planned", "in_progress")
"""The states in which the panel is awaited."""
MOST_IN_PANEL, MOST_CRITERIA = 9, 12
FEWEST = 2
"""How many members of the panel without a conflict of interest begin an evaluation, and score before its end."""
RESPONSE = timedelta(days=60)
"""How long after the completion the centre responds."""
VALID_MONTHS = 18
"""For how long a completed evaluation serves a renewal."""
STATED, HOST, FORMER_HOST, COMMITTEE, DIRECTOR = ("stated", "host", "former_host", "committee", "director")
"""Kinds of conflicts: the member's own statement, and relations to the centre."""
REFUSED: Mapping[str, tuple[str, str]] = {
    HOST: ("reviewer_of_host", "The expert belongs to the host institution."),
    COMMITTEE: ("reviewer_of_committee", "The expert is on the committee of the country."),
    DIRECTOR: ("reviewer_concerned", "The expert directs the centre."),
}
"""The relations for which an expert cannot join a panel: a code and what is wrong."""
WHILE_SCORED = frozenset(("kind", "criteria"))
"""The fields that change only while the evaluation is planned."""


@dataclass(frozen=True, slots=True)
class EvaluationGuardContext:
    """The inputs of the guards. `members` and `scorers` count experts of the panel without a conflict of interest.
    `is_report_available`: so is the file that the report names."""

    today: date
    members: int = 0
    scorers: int = 0
    has_report: bool = False
    has_recommendation: bool = False
    is_report_available: bool = True
    completed_on: date | None = None
    conditions: Sequence[Condition] = ()


def _has_panel(guard_context: EvaluationGuardContext) -> Literal["panel_missing"] | None:
    return None if guard_context.members >= FEWEST else "panel_missing"


def _concluded(
    guard_context: EvaluationGuardContext,
) -> Literal["scores_missing", "report_missing", "recommendation_missing", "evidence_not_available"] | None:
    if guard_context.scorers < FEWEST:
        return "scores_missing"
    if not guard_context.has_report:
        return "report_missing"
    if not guard_context.has_recommendation:
        return "recommendation_missing"
    return None if guard_context.is_report_available else "evidence_not_available"


def _in_time(guard_context: EvaluationGuardContext) -> Literal["response_period_over"] | None:
    completed_on = guard_context.completed_on
    is_over = completed_on is None or guard_context.today > completed_on + RESPONSE
    return "response_period_over" if is_over else None


def _unmet(guard_context: EvaluationGuardContext) -> Literal["no_open_condition"] | None:
    return conditions.unmet(guard_context.conditions)


LIFECYCLE: Lifecycle[EvaluationGuardContext] = Lifecycle(
    (*OPEN, "completed", "cancelled"),
    (
        transition("start", "planned", "in_progress", guard=_has_panel),
        transition(
            "complete",
            "in_progress",
            "completed",
            guard=_concluded,
            fields=("report", "recommendation", "conditions"),
        ),
        transition("cancel", "planned|in_progress", "cancelled"),
        transition("cancel_by_closure", "planned", "cancelled", is_scheduled=True),
        transition("respond", "completed", "completed", guard=_in_time, reason_required=True, fact="responded"),
        transition(
            conditions.MEET,
            "completed",
            "completed",
            guard=_unmet,
            fields=conditions.FIELDS,
            required=conditions.REQUIRED,
            fact="updated",
        ),
    ),
)


def with_conflicts(known: Sequence[Conflict], found: Mapping[UUID, Collection[str]]) -> list[Conflict]:
    """The conflicts with those that are found: one that is known stays."""
    new: list[Conflict] = [
        {"expert_id": str(expert), "kind": kind} for expert, kinds in found.items() for kind in kinds
    ]
    return [*known, *(one for one in new if one not in known)]


def unconflicted(evaluation: Evaluation) -> set[UUID]:
    """The members of the panel without a conflict of interest."""
    members = (UUID(member["expert_id"]) for member in evaluation.panel)
    return {member for member in members if conflict_of(evaluation.conflicts, member) is None}


def is_present(ends: str | None, today: date) -> bool:
    """Whether an affiliation with this last day has not ended."""
    return ends is None or ends >= today.isoformat()[: len(ends)]


def _read() -> Sequence[Criterion]:
    with files("services.centres.evaluation.evaluations").joinpath("data/criteria.csv").open(encoding="utf-8") as lines:
        return [
            {"key": row["key"], "titles": {language: row[language] for language in LANGUAGES}, "weight": 1.0}
            for row in csv.DictReader(lines)
        ]


CRITERIA = _read()
"""What is scored if the evaluation names nothing else."""
