"""Days that are some years apart."""

from datetime import date

from shared.kernel.clock import years_after


def test_a_day_of_a_leap_year_has_a_last_day_of_february_years_later() -> None:
    assert years_after(date(2024, 2, 29), 4) == date(2028, 2, 28)
    assert years_after(date(2025, 2, 28), 3) == date(2028, 2, 28)
    assert years_after(date(2026, 11, 24), 1) == date(2027, 11, 24)
