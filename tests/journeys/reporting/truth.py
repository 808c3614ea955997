"""What three countries report in two periods, and what follows from it: computed without the system."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

COUNTRIES = ("XA", "XB", "XC")
_YEAR = datetime.now(UTC).year
FIRST, SECOND = str(_YEAR - 1), str(_YEAR)
"""The first was over when the programmes were entered, so that nobody expects it to be reported."""
AREA, SHARE = "AREA", "SHARE"
FOREST, WETLAND = "forest", "wetland"
_PLACES = Decimal("1e-12")


@dataclass(frozen=True, slots=True)
class Reported:
    """A published result. `day`: on which it is published, counted from today and not above 0. `parts` have one number
    for each cover."""

    day: int
    country: str
    period: str
    indicator: str
    value: str = ""
    numerator: str = ""
    denominator: str = ""
    missing: str = ""
    parts: tuple[str, ...] = ()


STORY = (
    Reported(-3, "XA", FIRST, AREA, value="0.1", parts=("0.06", "0.04")),
    Reported(-3, "XA", FIRST, SHARE, numerator="50", denominator="100"),
    Reported(-3, "XB", FIRST, AREA, value="0.2", parts=("0.2", "0")),
    Reported(-3, "XB", FIRST, SHARE, numerator="1", denominator="300"),
    Reported(-2, "XC", FIRST, AREA, value="7.25", parts=("7", "0.25")),
    Reported(-2, "XC", FIRST, SHARE, numerator="1", denominator="7"),
    Reported(-1, "XA", FIRST, AREA, value="0.15", parts=("0.1", "0.05")),
    Reported(0, "XA", SECOND, AREA, value="1", parts=("0.5", "0.5")),
    Reported(0, "XA", SECOND, SHARE, numerator="2", denominator="3"),
    Reported(0, "XB", SECOND, AREA, missing="confidential"),
    Reported(0, "XB", SECOND, SHARE, numerator="9", denominator="10"),
    Reported(0, "XC", SECOND, AREA, value="8.125", parts=("8", "0.125")),
)
"""A later entry of the same country, period and indicator revises the earlier one."""


CODES = {
    "sdg": {AREA: ("15", "15.3"), SHARE: ("6", "6.6", "15", "15.1")},
    "gbf": {AREA: ("2",), SHARE: ()},
}
"""The codes of the indicators by scheme, with those above them."""


def reported(day: int, **more: str) -> list[Reported]:
    """What is entered on a day, by country or period."""
    return [one for one in STORY if one.day == day and all(getattr(one, name) == more[name] for name in more)]


def published(as_of: int = 0) -> list[Reported]:
    """The results that are published at the end of a day."""
    by_key = {(one.country, one.period, one.indicator): one for one in STORY if one.day <= as_of}
    return [*by_key.values()]


def area(as_of: int = 0, *, country: str = "", period: str = "", cover: str = "") -> Decimal | None:
    """The sum of all countries and periods, or of one; of one cover."""
    numbers = [
        Decimal(one.parts[(FOREST, WETLAND).index(cover)] if cover else one.value)
        for one in _of(AREA, as_of, country, period)
    ]
    return sum(numbers, Decimal()) if numbers else None


def share(as_of: int = 0, *, country: str = "", period: str = "") -> Decimal | None:
    """The percentage of all countries, or of one, in the latest of the periods, or in one."""
    some = _of(SHARE, as_of, country, period)
    latest = [one for one in some if one.period == max(each.period for each in some)]
    return _percentage(latest) if latest else None


def coverage(codes: Mapping[str, tuple[str, ...]]) -> Counter[str]:
    """How many results are published today for each code."""
    return Counter(code for one in published() for code in codes[one.indicator])


def reporting() -> dict[tuple[str, str], tuple[int, ...]]:
    """How many results are expected, reported, missing and in time, by country and period."""
    found = {}
    for country in COUNTRIES:
        here = [one for one in published() if (one.country, one.period) == (country, SECOND)]
        found[country, SECOND] = (2, len(here), 2 - len(here), len(here))
    return found


def _of(indicator: str, as_of: int, country: str, period: str) -> list[Reported]:
    return [
        one
        for one in published(as_of)
        if one.indicator == indicator
        and not one.missing
        and country in ("", one.country)
        and period in ("", one.period)
    ]


def _percentage(some: Iterable[Reported]) -> Decimal:
    pairs = [(int(one.numerator), int(one.denominator)) for one in some]
    exact = Fraction(100 * sum(above for above, _ in pairs), sum(below for _, below in pairs))
    digits = round(exact / Fraction(_PLACES))
    return (Decimal(digits) * _PLACES).quantize(_PLACES, ROUND_HALF_EVEN)
