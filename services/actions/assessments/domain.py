"""The lifecycle of an assessment, the right of reply, and the comparison with what a country reports."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, NamedTuple
from uuid import UUID

from services.actions.assessments.record import Assessment, Assessor
from shared.kernel.lifecycle import Lifecycle, transition

KINDS = ("programme", "action", "milestone", "centre")
COMPLETIONS = ("no_evidence", "not_started", "limited", "substantial", "complete")
"""The five points of the Open Government Partnership, the lowest first."""
REPLY_TIME = timedelta(days=21)
"""How long publication waits for the reply of the government."""
PUBLISHED = frozenset({"published", "superseded", "retracted"})
LARGEST = 5_000
"""Most subjects of one comparison."""


@dataclass(frozen=True, slots=True)
class AssessmentGuardContext:
    """The inputs of the guards. `is_author`: the caller or the assessor entered, claimed or directs the subject.
    `is_independent`: the caller holds no office of the country. `is_reply_over`: publication need not wait for a
    reply."""

    has_conflict: bool
    has_reply: bool
    is_reply_over: bool
    is_author: bool = False
    is_independent: bool = True
    is_evidence_available: bool = True


def _submittable(
    guard_context: AssessmentGuardContext,
) -> Literal["conflict_of_interest", "is_an_author", "not_independent", "evidence_not_available"] | None:
    if guard_context.has_conflict:
        return "conflict_of_interest"
    if guard_context.is_author:
        return "is_an_author"
    if not guard_context.is_independent:
        return "not_independent"
    return None if guard_context.is_evidence_available else "evidence_not_available"


def _answerable(guard_context: AssessmentGuardContext) -> Literal["already_replied"] | None:
    return "already_replied" if guard_context.has_reply else None


def _publishable(guard_context: AssessmentGuardContext) -> Literal["reply_pending"] | None:
    return None if guard_context.has_reply or guard_context.is_reply_over else "reply_pending"


LIFECYCLE: Lifecycle[AssessmentGuardContext] = Lifecycle(
    ("draft", "submitted", "published", "superseded", "retracted"),
    (
        transition("submit", "draft", "submitted", guard=_submittable),
        transition("reply", "submitted", "submitted", guard=_answerable, fields=("text",), fact="replied"),
        transition("publish", "submitted", "published", guard=_publishable, fields=("visibility",)),
        transition("supersede", "published", "superseded"),
        transition("retract", "published", "retracted", reason_required=True),
    ),
)


def is_same_finding(before: Assessment, wanted: Assessment) -> bool:
    """Whether the two differ at most in the visibility, the only field that may change after submission."""
    return replace(wanted, visibility=before.visibility) == before


def is_over(reply_due: date | None, today: date) -> bool:
    """Whether the time for a reply has passed."""
    return reply_due is not None and reply_due < today


@dataclass(frozen=True, slots=True)
class Wanted:
    """The subjects to compare: those of a country, in the periods of a code, in one period, or in all."""

    country: str
    period: str | UUID | None = None

    @property
    def by(self) -> str:
        """What names the periods: `code`, `id` or nothing."""
        return "" if self.period is None else "id" if isinstance(self.period, UUID) else "code"


class Subject(NamedTuple):
    """What is assessed in a period: the kind and the id of a record, and the period."""

    kind: str
    id: UUID
    period_id: UUID


@dataclass(frozen=True, slots=True)
class SelfAssessment:
    """The completion that a country reports, and its progress report."""

    completion: str
    report: UUID


@dataclass(frozen=True, slots=True)
class IndependentAssessment:
    """The completion that the latest published independent assessment found."""

    completion: str
    assessor: Assessor
    assessment: UUID


@dataclass(frozen=True, slots=True)
class Compared:
    """Both sides of a subject, at least one of which is there."""

    subject: Subject
    own: SelfAssessment | None
    independent: IndependentAssessment | None

    @property
    def difference(self) -> int | None:
        """How many points the independent assessment is above the country's own, from −3 to 3; None without both, and
        with `no_evidence`, which is no point of the scale."""
        if self.own is None or self.independent is None:
            return None
        sides = (self.independent.completion, self.own.completion)
        if COMPLETIONS[0] in sides:
            return None
        independent, own = (COMPLETIONS.index(side) for side in sides)
        return independent - own


def compared(
    own: Mapping[Subject, SelfAssessment], independent: Mapping[Subject, IndependentAssessment]
) -> list[Compared]:
    """Every subject that has a side, by kind, id and period."""
    return [Compared(key, own.get(key), independent.get(key)) for key in sorted({*own, *independent})]
