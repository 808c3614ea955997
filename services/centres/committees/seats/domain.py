"""The lifecycle of a seat on a committee, and its dates."""

from datetime import MAXYEAR, date, timedelta

from shared.kernel.clock import years_after
from shared.kernel.lifecycle import Lifecycle, transition
from shared.kernel.partial_date import earliest, latest

OFFICES = ("president", "vice_president", "secretary", "member")
ENDING = timedelta(days=90)
"""How long before the day on which it may end a seat waits for what follows it."""


LIFECYCLE: Lifecycle[None] = Lifecycle(
    ("appointed", "ended"),
    (
        transition("end", "appointed", "ended", fields=("to",)),
        transition("expire", "appointed", "ended", is_scheduled=True),
    ),
)


REMINDED = (-90, -30)
"""The days before its end, or before its rotation is due, on which those concerned are reminded of a seat."""


def rotation_due(starts: str | None, years: int | None) -> date | None:
    """The day on which a term of so many years that began at `starts` is over; None if either is unknown, and beyond
    the year 9999."""
    if starts is None or years is None or (begun := earliest(starts)).year + years > MAXYEAR:
        return None
    return years_after(begun, years)


def is_in_order(starts: str | None, ends: str | None) -> bool:
    """Whether a seat can end at `ends` when it began at `starts`; both may be partial dates."""
    return starts is None or ends is None or latest(ends) >= earliest(starts)


def end_of(starts: str | None, ends: str | None, today: str) -> str:
    """The last day of a seat that ends now: the given day if it has passed, else today; never before its start."""
    if ends is not None and ends < today[: len(ends)]:
        return ends
    return today if starts is None or is_in_order(starts, today) else starts
