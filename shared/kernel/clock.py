"""Instants and days in UTC, and the one text form of instants outside the system."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta

_SET: ContextVar[datetime | None] = ContextVar("instant", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _SET.get() or datetime.now(UTC)


@contextmanager
def clock_set_to(instant: datetime) -> Iterator[None]:
    """Within the block the present instant is this one: for data of a demonstration that belong to a past day."""
    before = _SET.set(instant)
    try:
        yield
    finally:
        _SET.reset(before)


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
