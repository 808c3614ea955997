"""The lifecycle of a centre: application, review, designation for a term, renewal and end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeAlias

from services.centres.centres.record import Centre
from shared.kernel.clock import years_after
from shared.kernel.lifecycle import Fields, Lifecycle, given, transition
from shared.kernel.text import search_key

PUBLISHED = frozenset({"active", "renewal_due", "renewal_review"})
DESIGNATED = PUBLISHED | {"suspended", "expired", "closed"}
"""The states of centres that are or were designated."""
TERM_YEARS = 4
REVIEWS_ASKED = 2
ENDORSEMENT_LEVEL = 2
SCREENING_TARGET = timedelta(days=30)
RENEWAL_MONTHS = (9, 6, 3, 1)
"""How many months before the end of its term a centre is reminded of its renewal, which opens with the first."""
LATEST_REMINDER = timedelta(days=6)
"""How much later a reminder is still made, after an outage."""
RED_REPORTS = 2
"""How many very late reports of a term propose a suspension."""
RENEWABLE_YEARS = 1
"""How long after the end of its term a centre may be renewed."""
REVIEWABLE = frozenset({"under_review", "info_requested"})
CONVERSING = ("request_info", "resubmit")
"""The transitions whose reason is a message on the file."""
OPEN_TO_CHANGE = frozenset({"draft", "info_requested"})
APPLICATION = ("host_institution_id", "terms_of_reference", "work_plan", "host_letter")
"""The fields that reviewers assess; they change only while the applicant holds the file."""
Missing: TypeAlias = Literal[
    "unit_missing",
    "director_missing",
    "terms_of_reference_missing",
    "work_plan_missing",
    "host_letter_missing",
    "evidence_not_available",
]
_ASKED: Mapping[str, Missing] = {
    "unit": "unit_missing",
    "director_id": "director_missing",
    "terms_of_reference": "terms_of_reference_missing",
    "work_plan": "work_plan_missing",
    "host_letter": "host_letter_missing",
}


@dataclass(frozen=True, slots=True)
class CentreGuardContext:
    """The inputs of the guards.

    `missing` is the first missing part of the application, or that a file of its documents is not available.
    `favourable` counts reviewers without a conflict of interest who recommend designation.
    """

    today: date
    missing: Missing | None
    favourable: int = 0
    agreed: bool = False
    endorsed: bool = False
    has_waiver: bool = False
    has_final_report: bool = False
    has_evaluation: bool = False
    term_ends: date | None = None


def _complete(guard_context: CentreGuardContext) -> Missing | None:
    return guard_context.missing


def _reviewed(guard_context: CentreGuardContext) -> Literal["reviews_missing"] | None:
    return None if guard_context.favourable >= REVIEWS_ASKED else "reviews_missing"


def _designable(
    guard_context: CentreGuardContext,
) -> Literal["agreement_missing", "waiver_not_needed", "endorsement_missing"] | None:
    if not guard_context.agreed:
        return "agreement_missing"
    if guard_context.endorsed:
        return "waiver_not_needed" if guard_context.has_waiver else None
    return None if guard_context.has_waiver else "endorsement_missing"


def _without_endorsement(guard_context: CentreGuardContext) -> bool:
    return not guard_context.endorsed


def _reported(guard_context: CentreGuardContext) -> Literal["final_report_missing", "evaluation_missing"] | None:
    if not guard_context.has_final_report:
        return "final_report_missing"
    return None if guard_context.has_evaluation else "evaluation_missing"


def _renewable(guard_context: CentreGuardContext) -> Literal["renewal_too_late"] | None:
    if guard_context.term_ends is None or guard_context.today > years_after(guard_context.term_ends, RENEWABLE_YEARS):
        return "renewal_too_late"
    return None


_IN_TERM = "active|renewal_due|renewal_review|suspended"
_TERM = ("starts", "ends")

LIFECYCLE: Lifecycle[CentreGuardContext] = Lifecycle(
    (
        "draft",
        "submitted",
        "under_review",
        "info_requested",
        "awaiting_agreement",
        "declined",
        "active",
        "renewal_due",
        "renewal_review",
        "suspended",
        "expired",
        "closed",
        "withdrawn",
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
        ),
        transition("open_renewal", "active", "renewal_due", is_scheduled=True),
        transition(
            "submit_renewal",
            "renewal_due",
            "renewal_review",
            guard=_reported,
            fields=("final_report", "evaluation"),
        ),
        transition("renew", "renewal_review|expired", "active", guard=_renewable, fields=_TERM, fact="renewed"),
        transition("not_renew", "renewal_review", "closed", reason_required=True),
        transition("suspend", "active|renewal_due|renewal_review", "suspended", reason_required=True),
        transition("reinstate", "suspended", None, fact="reinstated"),
        transition("expire", _IN_TERM, "expired", is_scheduled=True),
        transition("close", "active|renewal_due|suspended|expired", "closed", reason_required=True),
        transition("withdraw", "draft|submitted", "withdrawn"),
    ),
)

HOLDERS: Mapping[str, str] = {
    "submitted": "secretariat",
    "under_review": "secretariat",
    "info_requested": "applicant",
}
"""Who holds the file in each state that waits for somebody; only in these states the clock runs."""


def first_missing(centre: Centre) -> Missing | None:
    """The first missing part of an application, as a reason; every centre has a host."""
    return next((reason for name, reason in _ASKED.items() if getattr(centre, name) is None), None)


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
