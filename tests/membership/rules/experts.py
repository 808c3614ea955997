"""What the guards of experts and of what belongs to one expert say."""

from dataclasses import replace
from datetime import date
from typing import Any

from services.membership.protection.erasures import domain as erasures
from services.membership.protection.erasures.domain import ErasureGuardContext
from services.membership.register.affiliations import domain as affiliations
from services.membership.register.affiliations.domain import MatchGuardContext
from services.membership.register.experts import domain as experts
from services.membership.register.experts.domain import ExpertGuardContext
from services.membership.selection.declarations import domain as declarations
from services.membership.selection.declarations.domain import DeclarationGuardContext
from tests.support.rules import Rules

_EXPERT = ExpertGuardContext(
    has_email=True,
    is_applicant=False,
    profile_confirmed_on=date(2025, 11, 24),
    conflict_of_interest_on=date(2026, 1, 1),
    today=date(2026, 11, 24),
    has_account=False,
)
_RESTRICTED = replace(_EXPERT, restricted_for=experts.REQUEST)
_REVIEWED = ("start_review", "approve", "reject")
_ERASURE = ErasureGuardContext(is_own=True, is_requester=False)
_SIGNED = DeclarationGuardContext(is_own=True, is_notice_current=True)


def _but(**changed: Any) -> ExpertGuardContext:
    return replace(_EXPERT, **changed)


RULES = (
    Rules(
        "membership.experts",
        experts.LIFECYCLE,
        (
            ("invite", _EXPERT, None),
            ("invite", _but(has_account=True), "has_an_account"),
            ("invite", _but(has_email=False), "email_missing"),
            ("apply", _EXPERT, None),
            ("apply", _but(has_email=False), "email_missing"),
            *((verb, _EXPERT, None) for verb in _REVIEWED),
            *((verb, _but(is_applicant=True), "is_the_applicant") for verb in _REVIEWED),
            ("assign", _EXPERT, None),
            ("assign", _but(officer="is_the_applicant"), "is_the_applicant"),
            ("assign", _but(officer="officer_not_entitled"), "officer_not_entitled"),
            ("renew", _EXPERT, None),
            ("renew", _but(sets_days=True), None),
            ("renew", _but(is_applicant=True), None),
            ("renew", _but(is_applicant=True, sets_days=True), "sets_own_term"),
            ("renew", _but(profile_confirmed_on=date(2025, 11, 23)), "profile_not_confirmed"),
            ("renew", _but(profile_confirmed_on=None), "profile_not_confirmed"),
            ("renew", _but(conflict_of_interest_on=date(2025, 12, 31)), "conflict_of_interest_missing"),
            ("renew", _but(conflict_of_interest_on=None), "conflict_of_interest_missing"),
            ("unmark_deceased", _but(status_since=date(2026, 10, 25)), None),
            ("unmark_deceased", _but(status_since=date(2026, 10, 24)), "too_late"),
            ("link_account", _EXPERT, None),
            ("link_account", _but(has_account=True), "has_an_account"),
            ("link_account", _but(has_record=True), "record_exists"),
            ("unlink_account", _but(has_account=True), None),
            ("unlink_account", _EXPERT, "has_no_account"),
            ("restrict_processing", _EXPERT, None),
            ("restrict_processing", _RESTRICTED, "is_restricted"),
            ("lift_restriction", _RESTRICTED, None),
            ("lift_restriction", _EXPERT, "is_not_restricted"),
            ("lift_restriction", _but(restricted_for=experts.ERASURE), "erasure_requested"),
        ),
    ),
    Rules(
        "membership.affiliations",
        affiliations.LIFECYCLE,
        (
            ("accept", MatchGuardContext(), None),
            ("accept", MatchGuardContext(is_stated=True), "institution_stated"),
            ("accept", MatchGuardContext(fault="institution_missing"), "institution_missing"),
            ("accept", MatchGuardContext(fault="institution_unknown"), "institution_unknown"),
            ("reject", MatchGuardContext(), None),
            ("reject", MatchGuardContext(is_stated=True), "institution_stated"),
        ),
    ),
    Rules(
        "membership.declarations",
        declarations.LIFECYCLE,
        (
            ("sign", _SIGNED, None),
            ("sign", replace(_SIGNED, is_own=False), "not_the_person"),
            ("sign", replace(_SIGNED, is_notice_current=False), "notice_outdated"),
            ("assess", replace(_SIGNED, is_own=False), None),
            ("assess", _SIGNED, "own_declaration"),
        ),
    ),
    Rules(
        "membership.erasures",
        erasures.LIFECYCLE,
        (
            ("confirm", _ERASURE, None),
            ("confirm", replace(_ERASURE, is_requester=True), "second_person_is_the_first"),
            ("cancel", _ERASURE, None),
            ("cancel", ErasureGuardContext(is_own=False, is_requester=True), None),
            ("cancel", replace(_ERASURE, is_own=False), "not_the_person"),
        ),
    ),
)
