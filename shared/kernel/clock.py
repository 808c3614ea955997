"""Instants and days in UTC, and the one text form of instants outside the system."""

from datetime import UTC, date, datetime, time, timedelta


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The present day in UTC."""
    return now().date()


def end_of(day: date) -> datetime:
    """The instant at which a day is over: the first of the next day in UTC."""
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def years_after(day: date, years: int) -> date:
    """The same day `years` later; 28 February for 29 February."""
    return date(day.year + years, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)


def to_text(instant: datetime) -> str:
    """RFC 3339 in UTC with six fractional digits and `Z`."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if instant.tzinfo is not UTC else _fast(instant)


def _fast(instant: datetime) -> str:
    """Formats day and time separately, because the offset would double the time."""
    return f"{instant.date().isoformat()}T{instant.time().isoformat('microseconds')}Z"
