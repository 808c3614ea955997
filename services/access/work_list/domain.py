"""The urgency of an item of the work list."""

from datetime import datetime, timedelta

SOON = timedelta(days=7)


def light(due: datetime | None, at: datetime) -> str | None:
    """`green` until seven days before the due time, then `yellow`, from the due time on `red`; None without one."""
    if due is None:
        return None
    if due <= at:
        return "red"
    return "yellow" if due - at <= SOON else "green"
