"""The days of a term of membership."""

from datetime import date, timedelta

from shared.kernel.clock import years_after
from shared.kernel.errors import invalid_field

TERM_YEARS = 4
LONGEST_TERM_YEARS = 10


def following(status: str, last_day: date | None, today: date) -> date:
    """The first day of a renewed term: the day after the present one or, if it has lapsed, today."""
    return today if last_day is None or status == "lapsed" else last_day + timedelta(days=1)


def term_of(starts: date | None, ends: date | None, reason: str | None, today: date) -> tuple[date, date]:
    """The term of an approval or renewal: by default from today, for four years.

    Another end needs a reason. Raises Invalid for a start more than ten years away, and for an end that is not after
    today and the start, or more than ten years after the start.
    """
    starts = starts or today
    if abs(starts.year - today.year) > LONGEST_TERM_YEARS:
        raise invalid_field("/fields/starts", "out_of_range", f"At most {LONGEST_TERM_YEARS} years from today.")
    usual = _after_years(starts, TERM_YEARS)
    ends = ends or usual
    if not max(starts, today) < ends <= _after_years(starts, LONGEST_TERM_YEARS):
        raise invalid_field("/fields/ends", "out_of_range", f"At most {LONGEST_TERM_YEARS} years, and after today.")
    if ends != usual and not (reason or "").strip():
        raise invalid_field("/reason", "reason_required", "A term that is not of four years needs a reason.")
    return starts, ends


def is_early(status: str, last_day: date | None, starts: date, today: date) -> bool:
    """Whether a term begins before or when the present one ends, and not yet, so that both stand beside each other."""
    return status == "active" and last_day is not None and today < starts <= last_day + timedelta(days=1)


def _after_years(starts: date, years: int) -> date:
    """The last day of a term of so many years."""
    return years_after(starts, years) - timedelta(days=1)
