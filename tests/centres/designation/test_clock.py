"""Who has a file, until when and for how long, without a database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.centres.designation.centres.clock import (
    Arrived,
    days_between,
    entered,
    handed_over,
    holder_of,
    is_overdue,
    spent,
)
from services.centres.designation.centres.record import Centre
from shared.records.rows import new_record

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def _draft() -> Centre:
    columns = {"status": "draft", "country": "XA", "visibility": "network", "names": {}, "search_key": "", "themes": []}
    blank = {
        "host_institution_id": None,
        "application_answers": {},
        "application_documents": [],
        "change_documents": [],
    }
    new = new_record(Centre, {**columns, **blank, "clock_spent": {}, "clock_announced": False})
    return entered(new, "draft", "applicant", None, AT)


def _in(before: Centre, stage: str, at: datetime, days: int | None = None, arrived: Arrived | None = None) -> Centre:
    return replace(entered(before, stage, holder_of(stage, arrived or Arrived()), days, at), status=stage)


@pytest.mark.parametrize(
    ("stage", "arrived", "holder"),
    [
        ("draft", Arrived(), "applicant"),
        ("submitted", Arrived(), "secretariat"),
        ("under_review", Arrived(reviews=1), "reviewers"),
        ("under_review", Arrived(reviews=2), "secretariat"),
        ("info_requested", Arrived(reviews=2), "applicant"),
        ("awaiting_agreement", Arrived(is_endorsed=True), "host"),
        ("awaiting_agreement", Arrived(is_agreed=True), "government"),
        ("awaiting_agreement", Arrived(is_agreed=True, is_endorsed=True), "secretariat"),
        ("renewal_due", Arrived(), "applicant"),
        ("renewal_review", Arrived(), "secretariat"),
        ("active", Arrived(), None),
        ("suspended", Arrived(), None),
        ("closed", Arrived(), None),
    ],
)
def test_a_file_has_a_holder(stage: str, arrived: Arrived, holder: str | None) -> None:
    assert holder_of(stage, arrived) == holder


def test_a_pause_moves_the_target_by_its_length() -> None:
    submitted = _in(_draft(), "submitted", AT, 30)
    assert submitted.clock_target == AT + 30 * DAY
    returned = _in(submitted, "draft", AT + 10 * DAY)
    assert returned.clock_target == AT + 30 * DAY, "kept, and not shown"
    assert _in(returned, "submitted", AT + 17 * DAY, 30).clock_target == AT + 37 * DAY
    reviewed = _in(submitted, "under_review", AT + DAY, 60)
    asked = _in(reviewed, "info_requested", AT + 5 * DAY)
    again = _in(asked, "under_review", AT + 25 * DAY, 60)
    assert again.clock_target == AT + 81 * DAY
    assert again.clock_spent == {"applicant": 20, "secretariat": 1, "reviewers": 4}


def test_the_reviewers_and_the_secretariat_share_the_time_of_a_review() -> None:
    reviewed = _in(_in(_draft(), "submitted", AT, 30), "under_review", AT, 60)
    passed = handed_over(reviewed, "secretariat", AT + 40 * DAY)
    assert (passed.clock_target, passed.clock_since) == (AT + 60 * DAY, AT + 40 * DAY)
    assert passed.clock_spent["reviewers"] == 40


def test_only_the_secretariat_has_a_target_for_an_agreement() -> None:
    awaited = _in(_in(_draft(), "submitted", AT, 30), "awaiting_agreement", AT, 30)
    assert (awaited.clock_holder, awaited.clock_target) == ("host", None)
    signed = handed_over(awaited, "government", AT + 90 * DAY)
    assert signed.clock_target is None
    endorsed = handed_over(signed, "secretariat", AT + 100 * DAY)
    assert endorsed.clock_target == AT + 130 * DAY
    assert handed_over(endorsed, "government", AT + 101 * DAY).clock_target is None
    assert endorsed.clock_spent == {"applicant": 0, "secretariat": 0, "host": 90, "government": 10}


def test_a_target_is_announced_once_for_each_stage() -> None:
    late = replace(_in(_draft(), "submitted", AT, 30), clock_announced=True)
    again = _in(_in(late, "draft", AT + 40 * DAY), "submitted", AT + 41 * DAY, 30)
    assert again.clock_announced
    assert not _in(again, "under_review", AT + 42 * DAY, 60).clock_announced


def test_nobody_has_a_centre_that_waits_for_nothing() -> None:
    active = _in(_in(_draft(), "submitted", AT, 30), "active", AT + 3 * DAY)
    assert (active.clock_holder, active.clock_since, active.clock_target) == (None, None, None)
    renewed = _in(active, "renewal_due", AT + 1000 * DAY)
    assert _in(renewed, "renewal_review", AT + 1010 * DAY, 60).clock_target == AT + 1070 * DAY
    assert renewed.clock_spent == {"applicant": 0, "secretariat": 3}, "a designation counts for nobody"


def test_days_are_those_of_the_calendar_so_that_they_add_up() -> None:
    late, early = datetime(2026, 11, 24, 23, 59, tzinfo=UTC), datetime(2026, 11, 25, 0, 1, tzinfo=UTC)
    assert (days_between(late, early), days_between(early, early + timedelta(hours=23))) == (1, 0)
    assert spent({"host": 2}, "host", late, early) == {"host": 3}


def test_a_file_with_the_applicant_is_not_overdue() -> None:
    assert is_overdue("secretariat", AT, AT + DAY)
    assert not is_overdue("secretariat", AT, AT)
    assert not is_overdue("applicant", AT, AT + DAY)
    assert not is_overdue("host", None, AT)
