"""The rules of an expert's life, without a database."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.membership.experts.domain import LIFECYCLE, ExpertCase, default_term, display_name, names_search_key
from shared.kernel.errors import Conflict, Forbidden, Invalid
from shared.kernel.text import search_pattern

TODAY = date(2026, 11, 24)
CASE = ExpertCase(
    has_email=True,
    is_applicant=False,
    profile_confirmed_on=date(2026, 3, 1),
    conflict_of_interest_on=date(2026, 1, 5),
    today=TODAY,
)


def advance(status: str, verb: str, case: ExpertCase = CASE, **more: Any) -> str:
    return LIFECYCLE.advance(status, verb, case, lambda _: True, **more)[1]


@pytest.mark.parametrize(
    ("status", "verb", "target"),
    [
        ("prospect", "invite", "invited"),
        ("invited", "apply", "applied"),
        ("info_requested", "resubmit", "applied"),
        ("rejected", "reopen", "applied"),
        ("grace", "renew", "active"),
        ("lapsed", "renew", "active"),
        ("applied", "resign", "resigned"),
        ("suspended", "mark_deceased", "deceased"),
    ],
)
def test_steps_lead_where_the_design_says(status: str, verb: str, target: str) -> None:
    assert advance(status, verb) == target


@pytest.mark.parametrize(
    ("status", "verb", "case", "reason"),
    [
        ("prospect", "invite", replace(CASE, has_email=False), "email_missing"),
        ("under_review", "approve", replace(CASE, is_applicant=True), "is_the_applicant"),
        ("active", "renew", replace(CASE, profile_confirmed_on=date(2025, 11, 1)), "profile_not_confirmed"),
        ("active", "renew", replace(CASE, conflict_of_interest_on=date(2025, 12, 31)), "conflict_of_interest_missing"),
        ("lapsed", "approve", CASE, "not_in_this_state"),
    ],
)
def test_a_guard_says_why_not(status: str, verb: str, case: ExpertCase, reason: str) -> None:
    with pytest.raises(Conflict) as refused:
        advance(status, verb, case)
    assert refused.value.members["reason"] == reason


def test_suspension_returns_to_where_it_came_from() -> None:
    assert advance("suspended", "reinstate", previous="grace") == "grace"


def test_permission_comes_before_the_rules_and_unknown_things_before_both() -> None:
    with pytest.raises(Forbidden):
        LIFECYCLE.advance("active", "suspend", CASE, lambda _: False)
    with pytest.raises(Invalid, match="There is no action"):
        LIFECYCLE.advance("active", "nothing", CASE, lambda _: False)


def test_a_term_is_four_years_unless_said_otherwise() -> None:
    assert default_term(None, None, TODAY) == (TODAY, date(2030, 11, 23))
    assert default_term(date(2028, 2, 29), None, TODAY) == (date(2028, 2, 29), date(2032, 2, 27))
    assert default_term(TODAY, date(2027, 1, 1), TODAY) == (TODAY, date(2027, 1, 1))


def test_names_are_found_in_both_orders() -> None:
    key = names_search_key([{"given": "Amina", "family": "Varga"}])
    for q in ("amina var", "varga ami", "am", "va"):
        pattern = search_pattern(q)
        assert pattern is not None
        assert pattern.strip("%") in key
    assert display_name([{"full": "A"}, {"full": "B", "kind": "preferred"}]) == "B"
