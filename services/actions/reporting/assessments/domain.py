"""The lifecycle of an assessment, the right of reply, and the comparison with what a country reports."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Literal, NamedTuple
from uuid import UUID

from services.actions.reporting.assessments.record import Assessment, Assessor
from shared.kernel.lifecycle import Lifecycle, transition

KINDS = ("programme", "action", "milestone", "centre")
PILLAR = "pillar"
"""What a country may report about besides, and nobody assesses as a whole."""
GAPS = ("no_evidence", "not_assessed", "not_reported")
"""Why two sides are not compared; the vocabulary `gaps` has their titles."""
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
        transition(
            "reply",
            "submitted",
            "submitted",
            guard=_answerable,
            fields=("text",),
            required=("text",),
            fact="replied",
        ),
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
    """What is assessed in a period: the kind and the id of a record, and the period. A `pillar` is named with the
    programme whose actions it has."""

    kind: str
    id: UUID
    period_id: UUID
    pillar: str = ""


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
class PillarFinding:
    """What the latest published independent assessments found of a pillar's actions."""

    completion: str
    assessments: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class Compared:
    """Both sides of a subject, at least one of which is there. No assessment is about a pillar: `of_actions` is the
    other side there."""

    subject: Subject
    own: SelfAssessment | None
    independent: IndependentAssessment | None = None
    of_actions: PillarFinding | None = None

    @property
    def gap(self) -> Literal["not_reported", "not_assessed", "no_evidence"] | None:
        """Why the sides have no difference; None if they have one. `no_evidence` is no point of the scale."""
        found = self.independent or self.of_actions
        if self.own is None:
            return "not_reported"
        if found is None:
            return "not_assessed"
        return "no_evidence" if COMPLETIONS[0] in (self.own.completion, found.completion) else None

    @property
    def difference(self) -> int | None:
        """How many points the other side is above the country's own, from −3 to 3; None with a gap."""
        found = self.independent or self.of_actions
        if self.gap or self.own is None or found is None:
            return None
        return COMPLETIONS.index(found.completion) - COMPLETIONS.index(self.own.completion)


def found_of_pillar(assessments: Collection[IndependentAssessment]) -> PillarFinding:
    """The median of what was found of a pillar's actions, the lower one of two: points of a scale have no mean. Only
    where nothing else was found is it `no_evidence`."""
    points = sorted(COMPLETIONS.index(one.completion) for one in assessments)
    known = [point for point in points if point > 0] or points
    return PillarFinding(COMPLETIONS[known[(len(known) - 1) // 2]], sorted(one.assessment for one in assessments))


def compared(
    own: Mapping[Subject, SelfAssessment],
    independent: Mapping[Subject, IndependentAssessment],
    of_pillars: Mapping[Subject, Collection[IndependentAssessment]] = MappingProxyType({}),
) -> list[Compared]:
    """Every subject that has a side, by kind, id and period, and every pillar that the country reports about."""
    return [
        Compared(
            key,
            own.get(key),
            independent.get(key),
            found_of_pillar(of_pillars[key]) if key in of_pillars else None,
        )
        for key in sorted({*own, *independent})
    ]
