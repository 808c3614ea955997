"""The age of a profile."""

from datetime import date

from shared.kernel.lifecycle import Lifecycle

LIFECYCLE: Lifecycle[None] = Lifecycle(("recorded",), ())
CURRENT_YEARS = 1
"""How long a profile is current after it was made or confirmed."""


def is_stale(since: date, today: date) -> bool:
    """Whether a profile that was made or confirmed on a day has not been confirmed for twelve months."""
    day = 28 if (since.month, since.day) == (2, 29) else since.day
    return today > date(since.year + CURRENT_YEARS, since.month, day)
