"""The rules of an expert's lifecycle, without a database."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.membership.register.experts.domain import (
    LIFECYCLE,
    SCREENING_TARGET,
    Clock,
    ExpertGuardContext,
    display_name,
    names_search_key,
    next_clock,
)
from services.membership.register.experts.record import (
    asserted_after,
    asserted_at_entry,
    asserted_fields,
)
from services.membership.register.terms.domain import following, term_of
from shared.kernel.errors import Conflict, Forbidden, Invalid
from shared.kernel.expertise import ECOSYSTEMS, FIELDS_OF_SCIENCE
from shared.kernel.text import search_pattern

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, tzinfo=UTC)
CASE = ExpertGuardContext(
    has_email=True,
    is_applicant=False,
    profile_confirmed_on=date(2026, 3, 1),
    conflict_of_interest_on=date(2026, 1, 5),
    today=TODAY,
    has_account=False,
)


def advance(status: str, verb: str, **more: Any) -> str:
    return LIFECYCLE.advance(status, verb, CASE, lambda _: True, **{"reason": "Given", **more})[1]


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


def test_a_transition_of_another_state_is_refused() -> None:
    with pytest.raises(Conflict) as refused:
        advance("lapsed", "approve")
    assert refused.value.members["reason"] == "not_in_this_state"


@pytest.mark.parametrize(
    ("status", "last_day", "first_day"),
    [
        ("active", TODAY + timedelta(days=40), TODAY + timedelta(days=41)),
        ("grace", TODAY - timedelta(days=40), TODAY - timedelta(days=39)),
        ("lapsed", TODAY - timedelta(days=100), TODAY),
        ("active", None, TODAY),
    ],
)
def test_a_renewed_term_continues_the_present_one(status: str, last_day: date | None, first_day: date) -> None:
    assert following(status, last_day, TODAY) == first_day


def test_suspension_returns_to_where_it_came_from() -> None:
    assert advance("suspended", "reinstate", previous="grace") == "grace"


def test_permission_comes_before_the_rules_and_unknown_things_before_both() -> None:
    with pytest.raises(Forbidden):
        LIFECYCLE.advance("active", "suspend", CASE, lambda _: False)
    with pytest.raises(Invalid, match="There is no such action"):
        LIFECYCLE.advance("active", "nothing", CASE, lambda _: False)


def test_a_term_is_four_years_unless_an_end_and_a_reason_are_given() -> None:
    assert term_of(None, None, None, TODAY) == (TODAY, date(2030, 11, 23))
    assert term_of(date(2028, 2, 29), None, None, TODAY) == (date(2028, 2, 29), date(2032, 2, 27))
    assert term_of(TODAY, date(2030, 11, 23), None, TODAY) == (TODAY, date(2030, 11, 23))
    assert term_of(TODAY, date(2027, 1, 1), "Until the congress", TODAY) == (TODAY, date(2027, 1, 1))


@pytest.mark.parametrize(
    ("starts", "ends", "reason", "pointer"),
    [
        (None, date(2027, 1, 1), None, "/reason"),
        (None, date(2027, 1, 1), "  ", "/reason"),
        (None, date(2030, 11, 24), None, "/reason"),
        (None, TODAY, "x", "/fields/ends"),
        (date(2020, 1, 1), date(2021, 1, 1), "x", "/fields/ends"),
        (date(2020, 1, 1), None, None, "/fields/ends"),
        (None, date(2036, 11, 24), "x", "/fields/ends"),
        (date(9999, 1, 1), None, None, "/fields/starts"),
        (date(1, 1, 1), date(2027, 1, 1), "x", "/fields/starts"),
    ],
)
def test_a_term_has_bounds(starts: date | None, ends: date | None, reason: str | None, pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        term_of(starts, ends, reason, TODAY)
    assert [error.pointer for error in refused.value.errors] == [pointer]


def test_the_clock_stands_still_while_the_applicant_has_the_file() -> None:
    day = timedelta(days=1)
    applied = next_clock(Clock(), "invited", "applied", NOW)
    assert applied == Clock(NOW, NOW + SCREENING_TARGET)
    asked = next_clock(applied, "applied", "info_requested", NOW + 10 * day)
    assert asked == Clock(NOW + 10 * day, NOW + SCREENING_TARGET)
    back = next_clock(asked, "info_requested", "applied", NOW + 17 * day)
    assert back == Clock(NOW + 17 * day, NOW + SCREENING_TARGET + 7 * day)
    assert next_clock(back, "applied", "under_review", NOW + 18 * day) == back
    assert next_clock(back, "under_review", "active", NOW + 19 * day) == Clock()
    assert next_clock(Clock(), "rejected", "applied", NOW) == applied


def test_who_said_a_field_is_kept_until_somebody_says_it_anew() -> None:
    entered = asserted_at_entry("import")
    assert asserted_after(entered, (), "self", "T2") == entered
    after = asserted_after(entered, ("orcid", "search_key"), "self", "T2")
    said = asserted_fields(after, ["names", "orcid"], "T1")
    assert said == {"names": {"by": "import", "at": "T1"}, "orcid": {"by": "self", "at": "T2"}}
    assert asserted_fields({}, ["names"], "T1") == {}


def test_the_vocabularies_are_whole() -> None:
    assert (len(ECOSYSTEMS), len(set(ECOSYSTEMS))) == (17, 17)
    assert len([code for code in FIELDS_OF_SCIENCE if "." not in code]) == 6
    assert len([code for code in FIELDS_OF_SCIENCE if "." in code]) == 42
    assert {"1.7", "2.11", "5.9", "6.5"} <= set(FIELDS_OF_SCIENCE)


def test_names_are_found_in_both_orders() -> None:
    key = names_search_key([{"given": "Amina", "family": "Varga"}])
    for q in ("amina var", "varga ami", "am", "va"):
        pattern = search_pattern(q)
        assert pattern is not None
        assert pattern.strip("%") in key
    assert display_name([{"full": "A"}, {"full": "B", "kind": "preferred"}]) == "B"
