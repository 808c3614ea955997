"""What the guards of annual reports, evaluations and invitations of reviewers say."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from services.centres.designation.reviewers import domain as reviewers
from services.centres.designation.reviewers.domain import ReviewerGuardContext
from services.centres.evaluation.evaluations import domain as evaluations
from services.centres.evaluation.evaluations.domain import RESPONSE, EvaluationGuardContext
from services.centres.reporting.annual_reports import domain as annual_reports
from services.centres.reporting.annual_reports.domain import ReportGuardContext
from tests.centres.rules.centres import MET, OPEN
from tests.support.rules import Rules

_TODAY = date(2026, 11, 24)
_REPORT = ReportGuardContext(_TODAY, opens=_TODAY, has_template=True, is_complete=True)
_EVALUATION = EvaluationGuardContext(
    _TODAY,
    members=2,
    scorers=2,
    has_report=True,
    has_recommendation=True,
    completed_on=_TODAY - RESPONSE,
    conditions=(OPEN,),
)


def _but(**changed: Any) -> EvaluationGuardContext:
    return replace(_EVALUATION, **changed)


RULES = (
    Rules(
        "centres.annual_reports",
        annual_reports.LIFECYCLE,
        (
            ("start", _REPORT, None),
            ("start", replace(_REPORT, opens=_TODAY + timedelta(days=1)), "too_early"),
            ("start", replace(_REPORT, has_template=False), "template_missing"),
            ("submit", _REPORT, None),
            ("submit", replace(_REPORT, is_complete=False), "answers_missing"),
            ("submit", replace(_REPORT, is_evidence_available=False), "evidence_not_available"),
            ("submit", replace(_REPORT, is_unconfirmed=True), "prefill_unconfirmed"),
        ),
    ),
    Rules(
        "centres.evaluations",
        evaluations.LIFECYCLE,
        (
            ("start", _EVALUATION, None),
            ("start", _but(members=1), "panel_missing"),
            ("complete", _EVALUATION, None),
            ("complete", _but(scorers=1), "scores_missing"),
            ("complete", _but(has_report=False), "report_missing"),
            ("complete", _but(has_recommendation=False), "recommendation_missing"),
            ("complete", _but(is_report_available=False), "evidence_not_available"),
            ("respond", _EVALUATION, None),
            ("respond", _but(completed_on=_TODAY - RESPONSE - timedelta(days=1)), "response_period_over"),
            ("respond", _but(completed_on=None), "response_period_over"),
            ("meet_condition", _EVALUATION, None),
            ("meet_condition", _but(conditions=(MET,)), "no_open_condition"),
        ),
    ),
    Rules(
        "centres.reviewers",
        reviewers.LIFECYCLE,
        (
            ("accept", ReviewerGuardContext(is_own=True), None),
            ("accept", ReviewerGuardContext(is_own=False), "not_the_reviewer"),
            ("decline", ReviewerGuardContext(is_own=True), None),
            ("decline", ReviewerGuardContext(is_own=False), "not_the_reviewer"),
        ),
    ),
)
