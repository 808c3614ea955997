"""Historical dates, of which only the year or the month may be known."""

import re
from calendar import monthrange
from datetime import date

_FORM = re.compile(r"^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$")


def earliest(text: str) -> date:
    """The first day that `2022`, `2022-11` or `2022-11-05` can mean. ValueError for anything else."""
    year, month, day = _parts(text)
    return date(year, month or 1, day or 1)


def latest(text: str) -> date:
    """The last day that it can mean."""
    year, month, day = _parts(text)
    month = month or 12
    return date(year, month, day or monthrange(year, month)[1])


def _parts(text: str) -> tuple[int, int | None, int | None]:
    found = _FORM.match(text)
    if found is None:
        raise ValueError("a partial date is YYYY, YYYY-MM or YYYY-MM-DD")
    year = int(found[1])
    month, day = (int(part) if part else None for part in found.groups()[1:])
    date(year, month or 1, day or 1)
    return year, month, day
