"""Instants in UTC, and their one text form outside the system."""

from datetime import UTC, date, datetime


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The present day in UTC."""
    return now().date()


def to_text(instant: datetime) -> str:
    """RFC 3339 in UTC with six fractional digits and `Z`."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if instant.tzinfo is not UTC else _fast(instant)


def _fast(instant: datetime) -> str:
    """Formats day and time separately, because the offset would double the time."""
    return f"{instant.date().isoformat()}T{instant.time().isoformat('microseconds')}Z"
