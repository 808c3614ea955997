"""The lifecycle of a nomination, its deadlines, and the guards of its transitions."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, TypeAlias
from uuid import UUID

from services.membership.selection.calls.domain import CURRICULUM, TAKING
from services.membership.selection.calls.record import Call
from services.membership.selection.conflicts.domain import RECUSED
from services.membership.selection.nominations.record import Appeal, Nomination
from shared.kernel.clock import to_text
from shared.kernel.errors import invalid_field
from shared.kernel.lifecycle import Lifecycle, transition
from shared.records.panels import Conflict

MOST_DOCUMENTS = 10
MOST_NOMINATORS = 5
"""How often a nomination may ask a nominator by mail."""
LONGEST_EXTENSION = timedelta(days=365)
APPEALS = timedelta(days=30)
"""How long after the publication of the results a nominee may appeal."""
FEWEST_SCORES = 2
"""How many members of the panel without a conflict of interest score whoever is selected."""
TO_PANEL = ("nominated", "selected", "not_selected")
"""The states in which the panel sees a nomination."""
DECIDED = ("selected", "not_selected")
"""The states that the nominee reads as `nominated` until the call is published, and the nominator always."""
DECIDING = frozenset(("select", "pass_over"))
"""The transitions to them."""
RECUSE = "recuse"
OF_PANEL = DECIDING | {RECUSE}
"""The transitions of the panel, of which the nominee does not learn: version, time and author of the last change stay.
"""
ENDED = ("declined", "lapsed")
"""The states after which the expert may be nominated to the call again."""
UPHELD, DISMISSED = OUTCOMES = ("upheld", "dismissed")
DECISIONS = {"confirm": "nominated", "decline": "declined"}
"""The transitions of the nominator, and the states that they lead to."""
OpeningFault: TypeAlias = Literal["call_not_open", "deadline_passed"]
SubmissionFault: TypeAlias = Literal[
    "not_the_person", "not_eligible", "cv_missing", "documents_missing", "evidence_not_available", "interests_missing"
]
NominatorFault: TypeAlias = Literal["self_nomination", "nominator_not_eligible"]
ConfirmationFault: TypeAlias = Literal["not_the_nominator"]
PanelFault: TypeAlias = Literal["conflicted", "not_the_chair", "call_not_assessing"]
SelectionFault: TypeAlias = Literal["scores_missing", "seats_taken"]
AppealFault: TypeAlias = Literal["not_the_person", "appeal_period_over", "appealed"]


@dataclass(frozen=True, slots=True)
class NominatorInputs:
    """The nominator, or the one that the caller wants."""

    is_nominee: bool = False
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class PanelInputs:
    """The panel, while it decides. `own` is the caller's record, if the caller is in it and not the nominee;
    `may_decide`: the caller selects. `scores` are those without a conflict of interest, `free_seats` how many may still
    be selected."""

    own: UUID | None = None
    may_decide: bool = False
    is_conflicted: bool = False
    scores: int = 0
    free_seats: int = 0


@dataclass(frozen=True, slots=True)
class NominationGuardContext:
    """The inputs of the guards. `record` is the nomination as the caller reads it. `is_own`: the caller is the nominee;
    `is_nominator`: the caller has the mailed token. `are_documents_available`: so is every file that the documents
    name."""

    record: Nomination
    call: Call
    now: datetime
    are_documents_available: bool = False
    is_own: bool = False
    is_nominator: bool = False
    is_eligible: bool = False
    nominator: NominatorInputs = NominatorInputs()
    panel: PanelInputs = PanelInputs()


def opening_fault(call: Call, record: Nomination | None, at: datetime) -> OpeningFault | None:
    """Why a nominee cannot submit at this instant, or None."""
    if call.status not in TAKING or at < call.opens:
        return "call_not_open"
    return "deadline_passed" if at > _latest(call.nominee_deadline, record) else None


def nominator_deadline(call: Call, record: Nomination) -> datetime:
    """Until when the nominator decides."""
    return _latest(call.nominator_deadline, record)


def _latest(deadline: datetime, record: Nomination | None) -> datetime:
    extended = record.extended_until if record else None
    return max(deadline, extended) if extended else deadline


def before_decision(record: Nomination) -> Nomination:
    """The nomination as those read it who do not know the decision yet."""
    return replace(record, status="nominated") if record.status in DECIDED else record


def _submittable(guard_context: NominationGuardContext) -> SubmissionFault | OpeningFault | NominatorFault | None:
    if not guard_context.is_own:
        return "not_the_person"
    fault = opening_fault(guard_context.call, guard_context.record, guard_context.now)
    return fault or _missing(guard_context) or _unsuitable(guard_context)


def _missing(guard_context: NominationGuardContext) -> SubmissionFault | None:
    record, call = guard_context.record, guard_context.call
    if not guard_context.is_eligible:
        return "not_eligible"
    kinds = {document["kind"] for document in record.documents}
    if CURRICULUM not in kinds:
        return "cv_missing"
    if not kinds.issuperset(call.eligibility["documents"]):
        return "documents_missing"
    if not guard_context.are_documents_available:
        return "evidence_not_available"
    return "interests_missing" if record.interests is None else None


def _unsuitable(guard_context: NominationGuardContext) -> NominatorFault | None:
    call = guard_context.call
    if guard_context.nominator.is_nominee and not call.self_nomination:
        return "self_nomination"
    is_permitted = not call.nominator_kinds or guard_context.nominator.kind in call.nominator_kinds
    return None if is_permitted else "nominator_not_eligible"


def _by_nominator(guard_context: NominationGuardContext) -> ConfirmationFault | None:
    return None if guard_context.is_nominator else "not_the_nominator"


def _other_nominator(
    guard_context: NominationGuardContext,
) -> Literal["not_the_person", "too_many_nominators"] | NominatorFault | None:
    if not guard_context.is_own:
        return "not_the_person"
    is_over = guard_context.record.nominators_asked >= MOST_NOMINATORS
    return "too_many_nominators" if is_over else _unsuitable(guard_context)


def _recusable(guard_context: NominationGuardContext) -> Literal["not_in_panel"] | None:
    return None if guard_context.panel.own else "not_in_panel"


def _decidable(guard_context: NominationGuardContext) -> PanelFault | None:
    if guard_context.panel.is_conflicted:
        return "conflicted"
    if not guard_context.panel.may_decide:
        return "not_the_chair"
    return None if guard_context.call.status == "assessing" else "call_not_assessing"


def _selectable(guard_context: NominationGuardContext) -> PanelFault | SelectionFault | None:
    if (fault := _decidable(guard_context)) is not None:
        return fault
    if guard_context.panel.scores < FEWEST_SCORES:
        return "scores_missing"
    return None if guard_context.panel.free_seats > 0 else "seats_taken"


def _appealable(guard_context: NominationGuardContext) -> AppealFault | None:
    published_at = guard_context.call.published_at
    if not guard_context.is_own:
        return "not_the_person"
    if published_at is None or guard_context.now > published_at + APPEALS:
        return "appeal_period_over"
    return "appealed" if guard_context.record.appeal else None


def _answerable(guard_context: NominationGuardContext) -> Literal["no_appeal"] | None:
    appeal = guard_context.record.appeal
    return None if appeal and appeal["replied_at"] is None else "no_appeal"


_OPEN = ("draft", "awaiting_nominator")
LIFECYCLE: Lifecycle[NominationGuardContext] = Lifecycle(
    (*_OPEN, "nominated", "declined", "lapsed", "selected", "not_selected"),
    (
        transition("submit", "draft", "awaiting_nominator", guard=_submittable),
        transition("confirm", "awaiting_nominator", "nominated", guard=_by_nominator),
        transition("decline", "awaiting_nominator", "declined", guard=_by_nominator),
        transition(
            "change_nominator",
            "awaiting_nominator",
            "awaiting_nominator",
            guard=_other_nominator,
            fields=("nominator",),
            required=("nominator",),
            fact="nominator_changed",
        ),
        *(
            transition(
                "extend",
                source,
                target,
                fields=("until",),
                required=("until",),
                reason_required=True,
                fact="extended",
            )
            for source, target in (*((state, state) for state in _OPEN), ("lapsed", "draft"))
        ),
        transition("lapse", "draft|awaiting_nominator", "lapsed", is_scheduled=True),
        transition(RECUSE, "nominated", "nominated", guard=_recusable, reason_required=True, fact="recused"),
        transition("select", "nominated", "selected", guard=_selectable),
        transition("pass_over", "nominated", "not_selected", guard=_decidable),
        transition("appeal", "not_selected", "not_selected", guard=_appealable, reason_required=True, fact="appealed"),
        transition(
            "answer_appeal",
            "not_selected",
            "not_selected",
            guard=_answerable,
            fields=("outcome",),
            required=("outcome",),
            reason_required=True,
            fact="appeal_answered",
        ),
    ),
)


def asking(before: Nomination) -> Nomination:
    """The nomination with one more mail to its nominator."""
    return replace(before, nominators_asked=before.nominators_asked + 1)


def extension(until: datetime | None, at: datetime) -> datetime:
    """The instant until which a late nomination is admitted. Raises Invalid if it is missing, not after `at` or more
    than a year away."""
    if until is None:
        raise invalid_field("/fields/until", "required", "Until when the nomination is admitted.")
    if not at < until <= at + LONGEST_EXTENSION:
        raise invalid_field("/fields/until", "out_of_range", "In the future, and at most a year from now.")
    return until


def recusal(expert: UUID | None) -> Conflict:
    """The conflict of interest that a member of the panel states."""
    return {"expert_id": str(expert), "kind": RECUSED}


def appealed(before: Nomination, text: str, at: datetime) -> Nomination:
    """The nomination with an appeal."""
    appeal: Appeal = {"text": text, "at": to_text(at), "outcome": None, "reply": None, "replied_at": None}
    return replace(before, appeal=appeal)


def answered(before: Nomination, outcome: str | None, reply: str, at: datetime) -> Nomination:
    """The nomination with the answer to its appeal. Raises Invalid without an outcome."""
    if outcome is None:
        raise invalid_field("/fields/outcome", "required", f"One of: {', '.join(OUTCOMES)}.")
    if before.appeal is None:
        return before
    appeal: Appeal = {**before.appeal, "outcome": outcome, "reply": reply, "replied_at": to_text(at)}
    return replace(before, appeal=appeal)
