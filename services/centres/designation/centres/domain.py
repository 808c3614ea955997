"""The lifecycle of a centre: application, review, designation for a term, renewal and end."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import starmap
from typing import Generic, Literal, TypeAlias, TypeVar

from services.centres.designation.centres.clock import HELD, REVIEWS_ASKED
from shared.kernel.clock import years_after
from shared.kernel.lifecycle import Fields, Lifecycle, given, transition, within
from shared.kernel.step_up import WAIVER
from shared.kernel.text import search_key
from shared.questionnaires.template import Question

PUBLISHED = frozenset({"active", "renewal_due", "renewal_review"})
DESIGNATED = PUBLISHED | {"suspended", "expired", "closed"}
"""The states of centres that are or were designated."""
TERM_YEARS = 4
ENDORSEMENT_LEVEL = 2
RENEWAL_MONTHS = (9, 6, 3, 1)
"""How many months before the end of its term a centre is reminded of its renewal, which opens with the first."""
RED_REPORTS = 2
"""How many very late reports of a term propose a suspension."""
RENEWABLE_YEARS = 1
"""How long after the end of its term a centre may be renewed."""
REVIEWABLE = frozenset({"under_review", "info_requested"})
CONVERSING = ("request_info", "resubmit")
"""The transitions whose reason is a message on the file."""
OPEN_TO_CHANGE = frozenset({"draft", "info_requested"})
APPLYING = OPEN_TO_CHANGE | {"submitted"}
"""The states for which the application is complete or not."""
APPLICATION = ("host_institution_id", "terms_of_reference", "work_plan", "host_letter", "application_answers")
"""The fields that reviewers assess; they change only while the applicant holds the file."""
ASSIGN, CHANGE, CLOSE, REVOKE_CLOSURE = "assign", "change", "close", "revoke_closure"
CAUSES = ("host_withdrew", "mutual", "breach", "merged")
"""Why a centre closes."""
Missing: TypeAlias = Literal[
    "unit_missing",
    "director_missing",
    "terms_of_reference_missing",
    "work_plan_missing",
    "host_letter_missing",
    "answers_missing",
    "evidence_not_available",
]
ChangeFault: TypeAlias = Literal["agreement_missing", "change_pending"]
OfficerFault: TypeAlias = Literal["is_the_applicant", "officer_not_entitled"]
Code_co = TypeVar("Code_co", bound=str, covariant=True)


@dataclass(frozen=True, slots=True)
class ForSubmission:
    """What an application has. `parts` are those of `PARTS` that have a value, `questions` those of the template of
    applications, `unanswered` the keys of the required ones without an answer."""

    parts: frozenset[str] = frozenset()
    questions: Sequence[Question] = ()
    unanswered: Sequence[str] = ()
    are_documents_available: bool = True


@dataclass(frozen=True, slots=True)
class ForDesignation:
    """What has arrived for a designation. `favourable` counts reviewers without a conflict of interest who recommend
    designation."""

    favourable: int = 0
    agreed: bool = False
    endorsed: bool = False
    has_waiver: bool = False


@dataclass(frozen=True, slots=True)
class ForRenewal:
    """What has arrived for a renewal. `are_reports_accepted`: each ended year of the term has an accepted report, or a
    waived one. `is_decided`: the decision that the renewal names was adopted."""

    has_final_report: bool = False
    has_evaluation: bool = False
    are_reports_accepted: bool = True
    is_decided: bool = True
    term_ends: date | None = None


@dataclass(frozen=True, slots=True)
class CentreGuardContext:
    """The inputs of the guards. `officer`: why the file cannot be assigned to the named officer. `change`: why the
    change cannot be made, such as a new host without an agreement. `is_closing`: a closure waits for its day."""

    today: date
    submission: ForSubmission = ForSubmission()
    designation: ForDesignation = ForDesignation()
    renewal: ForRenewal = ForRenewal()
    officer: OfficerFault | None = None
    change: ChangeFault | None = None
    is_closing: bool = False


@dataclass(frozen=True, slots=True)
class Condition(Generic[Code_co]):
    """A condition of a transition, with the reason for which a guard refuses the transition without it."""

    key: str
    reason: Code_co
    is_met: Callable[[CentreGuardContext], bool]


def _is_renewable(guard_context: CentreGuardContext) -> bool:
    ends = guard_context.renewal.term_ends
    return ends is not None and guard_context.today <= years_after(ends, RENEWABLE_YEARS)


def _part(name: str, reason: Missing) -> Condition[Missing]:
    return Condition(name, reason, lambda of: name in of.submission.parts)


PARTS: Mapping[str, Missing] = {
    "unit": "unit_missing",
    "director_id": "director_missing",
    "terms_of_reference": "terms_of_reference_missing",
    "work_plan": "work_plan_missing",
    "host_letter": "host_letter_missing",
}
"""The fields of an application that it needs, beside its host, which every centre has."""
ANSWERS: Condition[Missing] = Condition("answers", "answers_missing", lambda of: not of.submission.unanswered)
SUBMIT: tuple[Condition[Missing], ...] = (
    *starmap(_part, PARTS.items()),
    ANSWERS,
    Condition("documents", "evidence_not_available", lambda of: of.submission.are_documents_available),
)
RECOMMEND: tuple[Condition[Literal["reviews_missing"]], ...] = (
    Condition("reviews", "reviews_missing", lambda of: of.designation.favourable >= REVIEWS_ASKED),
)
DESIGNATE: tuple[Condition[Literal["agreement_missing", "endorsement_missing"]], ...] = (
    Condition("agreement", "agreement_missing", lambda of: of.designation.agreed),
    Condition("endorsement", "endorsement_missing", lambda of: of.designation.endorsed or of.designation.has_waiver),
)
RenewalFault: TypeAlias = Literal["final_report_missing", "evaluation_missing", "annual_report_missing"]
SUBMIT_RENEWAL: tuple[Condition[RenewalFault], ...] = (
    Condition("final_report", "final_report_missing", lambda of: of.renewal.has_final_report),
    Condition("evaluation", "evaluation_missing", lambda of: of.renewal.has_evaluation),
    Condition("annual_reports", "annual_report_missing", lambda of: of.renewal.are_reports_accepted),
)
RENEW: tuple[Condition[Literal["renewal_too_late"]], ...] = (Condition("term", "renewal_too_late", _is_renewable),)


def _unmet(conditions: Sequence[Condition[Code_co]], guard_context: CentreGuardContext) -> Code_co | None:
    return next((one.reason for one in conditions if not one.is_met(guard_context)), None)


def _complete(guard_context: CentreGuardContext) -> Missing | None:
    return _unmet(SUBMIT, guard_context)


def _reviewed(guard_context: CentreGuardContext) -> Literal["reviews_missing"] | None:
    return _unmet(RECOMMEND, guard_context)


def _designable(
    guard_context: CentreGuardContext,
) -> Literal["agreement_missing", "endorsement_missing", "waiver_not_needed"] | None:
    if unmet := _unmet(DESIGNATE, guard_context):
        return unmet
    of = guard_context.designation
    return "waiver_not_needed" if of.endorsed and of.has_waiver else None


def _without_endorsement(guard_context: CentreGuardContext) -> bool:
    return not guard_context.designation.endorsed


def _reported(guard_context: CentreGuardContext) -> RenewalFault | None:
    return _unmet(SUBMIT_RENEWAL, guard_context)


def _renewable(guard_context: CentreGuardContext) -> Literal["renewal_too_late", "decision_missing"] | None:
    return _unmet(RENEW, guard_context) or (None if guard_context.renewal.is_decided else "decision_missing")


def _may_hold_the_file(guard_context: CentreGuardContext) -> OfficerFault | None:
    return guard_context.officer


def _can_change(guard_context: CentreGuardContext) -> ChangeFault | None:
    return guard_context.change


def _is_closing(guard_context: CentreGuardContext) -> Literal["closure_not_pending"] | None:
    return None if guard_context.is_closing else "closure_not_pending"


BEFORE_RENEWAL = ("active", "renewal_due", "suspended")
"""The states of a term in which its renewal is not submitted."""
_IN_TERM = "active|renewal_due|renewal_review|suspended"
IN_TERM = tuple(_IN_TERM.split("|"))
"""The states of centres in a term."""
CLOSABLE = (*IN_TERM, "expired")
"""The states in which a closure waits for its day."""
_NOTE = ("public_note",)
_TERM = ("starts", "ends", *_NOTE)
_CHANGED = ("names", "unit", "director_id", "host_institution_id", "address", "position")

LIFECYCLE: Lifecycle[CentreGuardContext] = Lifecycle(
    (
        *("draft", "submitted", "under_review", "info_requested", "awaiting_agreement", "declined"),
        *("active", "renewal_due", "renewal_review", "suspended", "expired", "closed", "withdrawn"),
    ),
    (
        transition("submit", "draft", "submitted", guard=_complete),
        transition("accept_complete", "submitted", "under_review"),
        transition("return_incomplete", "submitted", "draft", reason_required=True),
        transition("request_info", "under_review", "info_requested", reason_required=True),
        transition("resubmit", "info_requested", "under_review", guard=_complete),
        transition("recommend", "under_review", "awaiting_agreement", guard=_reviewed),
        transition("decline", "under_review", "declined", reason_required=True),
        transition(
            "designate",
            "awaiting_agreement",
            "active",
            guard=_designable,
            second_person=_without_endorsement,
            fields=(*_TERM, "waiver"),
            fact="designated",
            step_up=WAIVER,
        ),
        transition("record_designation", "draft", "active", fact="designated", is_scheduled=True),
        transition("open_renewal", "active", "renewal_due", is_scheduled=True),
        transition(
            "submit_renewal", "renewal_due", "renewal_review", guard=_reported, fields=("final_report", "evaluation")
        ),
        transition(
            "renew",
            "renewal_review|expired",
            "active",
            guard=_renewable,
            fields=(*_TERM, "conditions", "decision", "decision_id"),
            fact="renewed",
        ),
        transition("not_renew", "renewal_review", "closed", reason_required=True, fields=_NOTE),
        transition(
            "suspend",
            "active|renewal_due|renewal_review",
            "suspended",
            reason_required=True,
            fields=("review_by", *_NOTE),
        ),
        transition("reinstate", "suspended", None, fields=_NOTE, fact="reinstated"),
        transition("expire", _IN_TERM, "expired", is_scheduled=True),
        transition(
            CLOSE,
            "active|renewal_due|suspended|expired",
            "closed",
            reason_required=True,
            fields=("effective", "cause", "successor_id", *_NOTE),
        ),
        transition("close_on_day", "|".join(CLOSABLE), "closed", is_scheduled=True),
        *within(REVOKE_CLOSURE, CLOSABLE, guard=_is_closing, reason_required=True, fact="updated"),
        transition("withdraw", "draft|submitted", "withdrawn"),
        *within(ASSIGN, HELD, guard=_may_hold_the_file, fields=("officer",), required=("officer",), fact="updated"),
        *within(
            CHANGE,
            IN_TERM,
            guard=_can_change,
            reason_required=True,
            fields=(*_CHANGED, "effective", "document", *_NOTE),
            required=("effective",),
            fact="updated",
        ),
    ),
)


def names_search_key(names: Mapping[str, str], registration_number: str | None) -> str:
    """The names in all languages and the registration number, folded."""
    return search_key(*names.values(), registration_number or "")


def registration_number(country: str, serial: int) -> str:
    """`ESNRC-PK-01`."""
    return f"ESNRC-{country}-{serial:02d}"


def term_of(last_day: date | None, fields: Fields, today: date) -> tuple[date, date]:
    """First and last day of the term that a transition opens. By default it takes four years, and starts today or at
    the end of the term whose `last_day` is given."""
    after = last_day + timedelta(days=1) if last_day else today
    starts = given(fields, "starts", date) or max(after, today)
    return starts, given(fields, "ends", date) or years_after(starts, TERM_YEARS) - timedelta(days=1)
