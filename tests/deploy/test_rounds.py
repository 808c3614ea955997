"""The quarter about which the demonstration reports."""

from datetime import date, timedelta

import pytest

from deploy.demonstration.rounds import quarter_before
from services.actions.measurement.periods.domain import span_of


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2026, 1, 1), "2025-Q4"),
        (date(2026, 3, 31), "2025-Q4"),
        (date(2026, 4, 1), "2026-Q1"),
        (date(2026, 10, 18), "2026-Q3"),
        (date(2026, 12, 31), "2026-Q3"),
    ],
)
def test_the_quarter_is_the_last_one_that_was_over(day: date, code: str) -> None:
    assert quarter_before(day) == code


def test_the_quarter_was_over_by_less_than_a_quarter_before_the_day() -> None:
    for day in (date(2026, 1, 1) + timedelta(days=number) for number in range(800)):
        span = span_of(quarter_before(day))
        assert span is not None
        assert timedelta(days=1) <= day - span[1] <= timedelta(days=92)
