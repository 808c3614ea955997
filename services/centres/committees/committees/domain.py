"""The lifecycle of a national committee: preparatory first, scientific after its recognition."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, TypeAlias

from services.centres.committees.committees.record import Committee
from shared.kernel.lifecycle import Lifecycle, transition

PUBLISHED = frozenset({"recognised"})
ENDED = frozenset({"dissolved", "abandoned"})
"""The states in which a committee does not meet."""
Unformed: TypeAlias = Literal[
    "president_missing", "secretary_missing", "host_missing", "decision_missing", "evidence_not_available"
]
Unrecognised: TypeAlias = Literal["bylaws_missing", "members_missing", "institutions_missing", "evidence_not_available"]


@dataclass(frozen=True, slots=True)
class RecognitionRules:
    """What a committee needs before it may request recognition: filled seats of any office, partner institutions."""

    seats: int = 3
    institutions: int = 1


@dataclass(frozen=True, slots=True)
class CommitteeGuardContext:
    """The inputs of the guards. A seat counts if it is appointed and has not ended. `are_documents_available`: so are
    the files that the documents for the next step name.
    `decided_on` is the day of the decision at a meeting that forms it."""

    rules: RecognitionRules
    has_host: bool
    has_decision: bool
    has_bylaws: bool
    are_documents_available: bool
    partners: int
    presidents: int
    secretaries: int
    seats: int
    decided_on: date | None = None


def _formable(guard_context: CommitteeGuardContext) -> Unformed | None:
    wanted: tuple[tuple[Unformed, object], ...] = (
        ("president_missing", guard_context.presidents),
        ("secretary_missing", guard_context.secretaries),
        ("host_missing", guard_context.has_host),
        ("decision_missing", guard_context.has_decision),
        ("evidence_not_available", guard_context.are_documents_available),
    )
    return next((reason for reason, found in wanted if not found), None)


def _recognisable(guard_context: CommitteeGuardContext) -> Unrecognised | None:
    wanted: tuple[tuple[Unrecognised, object], ...] = (
        ("bylaws_missing", guard_context.has_bylaws),
        ("members_missing", guard_context.seats >= guard_context.rules.seats),
        ("institutions_missing", guard_context.partners >= guard_context.rules.institutions),
        ("evidence_not_available", guard_context.are_documents_available),
    )
    return next((reason for reason, found in wanted if not found), None)


def _available(guard_context: CommitteeGuardContext) -> Literal["evidence_not_available"] | None:
    return None if guard_context.are_documents_available else "evidence_not_available"


LIFECYCLE: Lifecycle[CommitteeGuardContext] = Lifecycle(
    ("proposed", "preparatory", "recognition_review", "recognised", "suspended", "dissolved", "abandoned"),
    (
        transition("form", "proposed", "preparatory", guard=_formable, fields=("decision_id",), fact="formed"),
        transition("request_recognition", "preparatory", "recognition_review", guard=_recognisable),
        transition("recognise", "recognition_review", "recognised", guard=_available),
        transition("return", "recognition_review", "preparatory", reason_required=True),
        transition("suspend", "preparatory|recognised", "suspended", reason_required=True),
        transition("reinstate", "suspended", None, fact="reinstated"),
        transition("dissolve", "recognised|suspended", "dissolved", reason_required=True),
        transition("abandon", "proposed|preparatory", "abandoned"),
    ),
)


def dated(verb: str, record: Committee, today: date, decided_on: date | None = None) -> Committee:
    """The committee with the day of a transition: the day of the decision that forms it if it is in the past, else
    today."""
    if verb == "form":
        decided = date.fromisoformat(record.decision["date"]) if record.decision is not None else decided_on
        return replace(record, formed_on=min(decided or today, today))
    if verb == "recognise":
        return replace(record, recognised_on=today)
    return replace(record, ended_on=today) if verb in ("dissolve", "abandon") else record
