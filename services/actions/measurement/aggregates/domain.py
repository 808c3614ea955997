"""Which values can be formed, and of how many countries. Plain Python."""

from collections import Counter
from collections.abc import Iterable, Sequence

from services.actions.measurement.indicators.domain import CODED, NUMBERS
from services.actions.measurement.indicators.record import Indicator
from shared.kernel.countries import COUNTRIES

PLACES = ("country", "region")
PERIOD = "period"


def is_aggregable(of: Indicator, by: Sequence[str], *, is_one_period: bool) -> bool:
    """Whether values of the indicator can be formed by these keys: one that has no rule only by what it is reported
    by."""
    if "country" not in by and of.measure not in CODED and (of.measure not in NUMBERS or of.across == "none"):
        return False
    return PERIOD in by or is_one_period or of.over_time != "none"


def expected_in(countries: Iterable[str], by: Sequence[str]) -> Counter[tuple[str, ...]]:
    """How many of the countries whose results are expected are in each place of `by`."""
    return Counter(tuple(place_of(country, name) for name in by if name in PLACES) for country in countries)


def place_of(country: str, name: str) -> str:
    """The country, or its region; empty without one."""
    return country if name == "country" else COUNTRIES[country].region or ""
