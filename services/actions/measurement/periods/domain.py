"""The lifecycle of a period, its days, and when results of it are entered."""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal

from services.actions.measurement.periods.record import Period
from shared.kernel.errors import FieldError
from shared.kernel.lifecycle import Lifecycle, transition

LONGEST_EXTENSION = timedelta(days=90)
_CODE = re.compile(r"(?P<year>[1-9]\d{3})(-(H(?P<half>[12])|Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?")
LIFECYCLE: Lifecycle[None] = Lifecycle(
    ("planned", "open", "closed", "locked"),
    (
        transition("open", "planned", "open", is_scheduled=True),
        transition("close", "open", "closed", is_scheduled=True),
        transition("lock", "closed", "locked", is_scheduled=True),
        transition("reopen", "closed", "open", reason_required=True),
    ),
)
PUBLISHED = frozenset(LIFECYCLE.states)
EntryRefusal = Literal["period_not_open", "period_closed", "period_locked"]


def span_of(code: str) -> tuple[date, date] | None:
    """The first and the last day of `2026`, `2026-H1`, `2026-Q1` or `2026-03`; None for another text."""
    found = _CODE.fullmatch(code)
    if found is None:
        return None
    year = int(found["year"])
    for name, months in (("half", 6), ("quarter", 3), ("month", 1)):
        if found[name]:
            last = int(found[name]) * months
            return date(year, last - months + 1, 1), date(year, last, monthrange(year, last)[1])
    return date(year, 1, 1), date(year, 12, 31)


def faults(record: Period) -> Iterator[FieldError]:
    """The days that do not fit each other or the code."""
    span = span_of(record.code)
    if span is None:
        yield FieldError("invalid_format", "A year, a half-year, a quarter or a month.", pointer="/code")
    elif (record.starts, record.ends) != span:
        for name, day in zip(("starts", "ends"), span, strict=True):
            if getattr(record, name) != day:
                yield FieldError("invalid_date", f"The code says {day.isoformat()}.", pointer=f"/{name}")
    latest = record.opens_on
    for name in ("due_on", "closes_on", "locks_on"):
        day = getattr(record, name)
        if day is not None and day < latest:
            yield FieldError("invalid_date", "The period opens, is due, closes and locks in order.", pointer=f"/{name}")
        latest = max(latest, day or latest)


def due_transition(record: Period, today: date) -> str | None:
    """The verb of the scheduled transition that is due on a day, if any."""
    if record.status == "planned" and record.opens_on <= today:
        return "open"
    if record.status == "open" and record.closes_on is not None and record.closes_on < today:
        return "close"
    if record.status == "closed" and record.locks_on is not None and record.locks_on <= today:
        return "lock"
    return None


def entry_refusal(record: Period, extended_until: date | None, today: date) -> EntryRefusal | None:
    """Why a country, whose extension ends on a day, may not enter results of the period today; None if it may."""
    match record.status:
        case "planned":
            return "period_not_open"
        case "locked":
            return "period_locked"
        case "closed" if extended_until is None or extended_until < today:
            return "period_closed"
    return None
