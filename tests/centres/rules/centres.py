"""What the guards of centres and of their terms say."""

from dataclasses import replace
from datetime import date
from typing import Any

from services.centres.designation.centres import designation, domain
from services.centres.designation.centres.domain import CentreGuardContext, ForDesignation, ForRenewal, ForSubmission
from services.centres.evaluation.evaluations.conditions import Condition
from tests.support.rules import Row, Rules

_PARTS = {
    "unit": "unit_missing",
    "director_id": "director_missing",
    "terms_of_reference": "terms_of_reference_missing",
    "work_plan": "work_plan_missing",
    "host_letter": "host_letter_missing",
}
_WHOLE = CentreGuardContext(
    today=date(2026, 11, 24),
    submission=ForSubmission(parts=frozenset(_PARTS)),
    designation=ForDesignation(favourable=2, agreed=True, endorsed=True),
    renewal=ForRenewal(has_final_report=True, has_evaluation=True, term_ends=date(2025, 11, 24)),
    is_closing=True,
)
OPEN: Condition = {"text": "Hire a librarian", "due": None, "met_on": None}
MET: Condition = {**OPEN, "met_on": "2026-03-01"}


def _but(**changed: Any) -> CentreGuardContext:
    return replace(_WHOLE, **changed)


def _submission(**changed: Any) -> CentreGuardContext:
    return _but(submission=replace(_WHOLE.submission, **changed))


def _designation(**changed: Any) -> CentreGuardContext:
    return _but(designation=replace(_WHOLE.designation, **changed))


def _renewal(**changed: Any) -> CentreGuardContext:
    return _but(renewal=replace(_WHOLE.renewal, **changed))


def _completes(verb: str) -> tuple[Row, ...]:
    return (
        (verb, _WHOLE, None),
        *((verb, _submission(parts=_WHOLE.submission.parts - {part}), code) for part, code in _PARTS.items()),
        (verb, _submission(unanswered=("staff",)), "answers_missing"),
        (verb, _submission(are_documents_available=False), "evidence_not_available"),
    )


RULES = (
    Rules(
        "centres.centres",
        domain.LIFECYCLE,
        (
            *_completes("submit"),
            *_completes("resubmit"),
            ("recommend", _WHOLE, None),
            ("recommend", _designation(favourable=1), "reviews_missing"),
            ("designate", _WHOLE, None),
            ("designate", _designation(endorsed=False, has_waiver=True), None),
            ("designate", _designation(agreed=False), "agreement_missing"),
            ("designate", _designation(endorsed=False), "endorsement_missing"),
            ("designate", _designation(has_waiver=True), "waiver_not_needed"),
            ("submit_renewal", _WHOLE, None),
            ("submit_renewal", _renewal(has_final_report=False), "final_report_missing"),
            ("submit_renewal", _renewal(has_evaluation=False), "evaluation_missing"),
            ("submit_renewal", _renewal(are_reports_accepted=False), "annual_report_missing"),
            ("renew", _WHOLE, None),
            ("renew", _renewal(term_ends=date(2025, 11, 23)), "renewal_too_late"),
            ("renew", _renewal(term_ends=None), "renewal_too_late"),
            ("renew", _renewal(is_decided=False), "decision_missing"),
            ("revoke_closure", _WHOLE, None),
            ("revoke_closure", _but(is_closing=False), "closure_not_pending"),
            ("assign", _WHOLE, None),
            ("assign", _but(officer="is_the_applicant"), "is_the_applicant"),
            ("assign", _but(officer="officer_not_entitled"), "officer_not_entitled"),
            ("change", _WHOLE, None),
            ("change", _but(change="agreement_missing"), "agreement_missing"),
            ("change", _but(change="change_pending"), "change_pending"),
        ),
    ),
    Rules(
        "centres.terms",
        designation.TERM_LIFECYCLE,
        (
            ("meet_condition", (OPEN,), None),
            ("meet_condition", (MET,), "no_open_condition"),
        ),
    ),
)
