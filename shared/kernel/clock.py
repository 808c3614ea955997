"""Instants in UTC, and the one text form that leaves the system."""

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
    """Day and time apart, since to write their offset from UTC takes as long again."""
    return f"{instant.date().isoformat()}T{instant.time().isoformat('microseconds')}Z"
