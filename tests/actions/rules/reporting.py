"""What the guards of reports, results, assessments and editions of schemes say."""

from dataclasses import replace
from typing import Any

from services.actions.classification.schemes import domain as schemes
from services.actions.classification.schemes.domain import SchemeGuardContext
from services.actions.measurement.results import domain as results
from services.actions.measurement.results.domain import ResultGuardContext
from services.actions.reporting.assessments import domain as assessments
from services.actions.reporting.assessments.domain import AssessmentGuardContext
from services.actions.reporting.reports import domain as reports
from services.actions.reporting.reports.domain import ReportGuardContext
from tests.support.rules import Rules

_REPORT = ReportGuardContext()
_RESULT = ResultGuardContext(
    has_value=True,
    lacks_parts=False,
    has_errors=False,
    has_open_warnings=False,
    period=None,
    is_evidence_available=True,
    is_another=True,
    is_independent=True,
)
_ASSESSMENT = AssessmentGuardContext(has_conflict=False, has_reply=False, is_reply_over=True)


def _but(**changed: Any) -> ResultGuardContext:
    return replace(_RESULT, **changed)


RULES = (
    Rules(
        "actions.reports",
        reports.LIFECYCLE,
        (
            ("submit", _REPORT, None),
            ("submit", replace(_REPORT, is_answered=False), "answers_missing"),
            ("submit", replace(_REPORT, is_confirmed=False), "prefill_unconfirmed"),
            ("submit", replace(_REPORT, has_results=False), "results_missing"),
            ("submit", replace(_REPORT, is_evidence_available=False), "evidence_not_available"),
            ("clear", _REPORT, None),
            ("clear", replace(_REPORT, is_another=False), "is_an_author"),
            ("clear", replace(_REPORT, is_independent=False), "not_independent"),
            ("clear", replace(_REPORT, has_open_comments=True), "comments_open"),
        ),
    ),
    Rules(
        "actions.results",
        results.LIFECYCLE,
        (
            ("submit", _RESULT, None),
            ("submit", _but(has_value=False), "value_missing"),
            ("submit", _but(lacks_parts=True), "breakdown_missing"),
            ("submit", _but(has_errors=True), "validation_errors"),
            ("submit", _but(period="period_closed"), "period_closed"),
            ("submit", _but(period="period_not_open"), "period_closed"),
            ("submit", _but(period="period_locked"), "period_locked"),
            ("submit", _but(is_evidence_available=False), "evidence_not_available"),
            ("approve", _RESULT, None),
            ("approve", _but(is_another=False), "is_the_author"),
            ("approve", _but(has_open_warnings=True), "warnings_open"),
            ("accept", _RESULT, None),
            ("accept", _but(is_independent=False), "not_independent"),
        ),
    ),
    Rules(
        "actions.assessments",
        assessments.LIFECYCLE,
        (
            ("submit", _ASSESSMENT, None),
            ("submit", replace(_ASSESSMENT, has_conflict=True), "conflict_of_interest"),
            ("submit", replace(_ASSESSMENT, is_author=True), "is_an_author"),
            ("submit", replace(_ASSESSMENT, is_independent=False), "not_independent"),
            ("submit", replace(_ASSESSMENT, is_evidence_available=False), "evidence_not_available"),
            ("reply", _ASSESSMENT, None),
            ("reply", replace(_ASSESSMENT, has_reply=True), "already_replied"),
            ("publish", _ASSESSMENT, None),
            ("publish", replace(_ASSESSMENT, is_reply_over=False, has_reply=True), None),
            ("publish", replace(_ASSESSMENT, is_reply_over=False), "reply_pending"),
        ),
    ),
    Rules(
        "actions.schemes",
        schemes.LIFECYCLE,
        (
            ("publish", SchemeGuardContext(codes=1), None),
            ("publish", SchemeGuardContext(codes=0), "codes_missing"),
            ("publish", SchemeGuardContext(codes=1, are_sources_available=False), "evidence_not_available"),
        ),
    ),
)
