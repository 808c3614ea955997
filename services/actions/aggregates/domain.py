"""How published results become the value of several countries, subjects and periods. Plain Python.

The subjects of a country are reduced first, then countries by `across`, then periods by `over_time`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple, TypeVar

from services.actions.indicators.domain import CODED, NUMBERS
from services.actions.indicators.record import Indicator
from services.actions.results.values import PERCENT, Amount, number_of
from shared.kernel.countries import COUNTRIES
from shared.kernel.decimals import quotient, total

PLACES = ("country", "region")
PERIOD = "period"
T = TypeVar("T")
K = TypeVar("K")


class Figure(NamedTuple):
    """A number, with the fraction that it is, if it is one."""

    number: Decimal
    numerator: Decimal | None = None
    denominator: Decimal | None = None


class Measured(NamedTuple):
    """A published result, or a part of one: its subject, its period with the last day, the code of its part, and its
    number, its code of the scale, or why it has none."""

    country: str
    subject: object
    period: str
    ends: date
    part: str | None
    figure: Figure | None
    code: str | None
    missing: str | None


@dataclass(frozen=True, slots=True)
class Value:
    """The value of a cell: a figure, or how often each code of a scale was reported; None if the rules form none."""

    key: tuple[str | None, ...]
    figure: Figure | None
    counts: Mapping[str, int] | None
    countries: int
    expected: int
    absent: Mapping[str, int]


def figure_of(amount: Amount, measure: str) -> Figure | None:
    """The figure of a result or a part."""
    number = number_of(amount, measure)
    return None if number is None else Figure(number, amount.numerator, amount.denominator)


def is_aggregable(of: Indicator, by: Sequence[str], *, is_one_period: bool) -> bool:
    """Whether values of the indicator can be formed by these keys: one that has no rule only by what it is reported
    by."""
    if "country" not in by and of.measure not in CODED and (of.measure not in NUMBERS or of.across == "none"):
        return False
    return PERIOD in by or is_one_period or of.over_time != "none"


def values_of(of: Indicator, measured: Iterable[Measured], by: Sequence[str], expected: Iterable[str]) -> list[Value]:
    """The value of each cell of `by`, in the order of the keys. `expected` are the countries whose results are
    expected."""
    awaited: Counter[tuple[str | None, ...]] = Counter(_place(country, by) for country in expected)
    cells = grouped(measured, _key_of(by))
    found = []
    for key in sorted(cells, key=lambda key: tuple(part or "" for part in key)):
        rows = cells[key]
        here = {one.country for one in rows}
        place = _place(next(iter(here)), by)
        reported = {one.country for one in rows if one.missing is None}
        absent = Counter(one.missing for one in rows if one.missing is not None)
        if silent := awaited[place] - len(here):
            absent["not_reported"] = max(silent, 0)
        counts = _counts(rows) if of.measure in CODED else None
        figure = None if counts is not None else _figure(of, rows)
        found.append(Value(key, figure, counts, len(reported), awaited[place], absent))
    return found


def _figure(of: Indicator, rows: Sequence[Measured]) -> Figure | None:
    times = PERCENT if of.measure == "percentage" else 1
    periods = []
    for _, in_period in sorted(grouped(rows, lambda one: (one.ends, one.period)).items()):
        countries = [
            reduced(of.across, [one.figure for one in own if one.figure is not None], times)
            for own in grouped(in_period, lambda one: one.country).values()
        ]
        periods.append(reduced(of.across, [one for one in countries if one is not None], times))
    return reduced(of.over_time, [one for one in periods if one is not None], times)


def reduced(rule: str, figures: Sequence[Figure], times: int) -> Figure | None:
    """One figure of several, by a rule; `latest` is the last one. None without any, for `none` with several, and for a
    weighted mean without a fraction."""
    if rule == "weighted_mean":
        return _weighted(figures, times)
    if len(figures) <= 1 or rule == "latest":
        return figures[-1] if figures else None
    form = _RULES.get(rule)
    return None if form is None else Figure(form([one.number for one in figures]))


def _weighted(figures: Sequence[Figure], times: int) -> Figure | None:
    numerator = total([one.numerator for one in figures if one.numerator is not None])
    denominator = total([one.denominator for one in figures if one.denominator is not None])
    return Figure(quotient(numerator, denominator, times), numerator, denominator) if denominator else None


def _mean(numbers: list[Decimal]) -> Decimal:
    return quotient(total(numbers), Decimal(len(numbers)))


_RULES: Mapping[str, Callable[[list[Decimal]], Decimal]] = {"sum": total, "mean": _mean, "min": min, "max": max}
"""How several numbers become one."""


def _counts(rows: Iterable[Measured]) -> Mapping[str, int]:
    """How many subjects reported each code, each by its latest one."""
    latest = {one.subject: one.code for one in sorted(rows, key=lambda one: one.ends) if one.code is not None}
    return dict(sorted(Counter(latest.values()).items()))


def _place(country: str, by: Sequence[str]) -> tuple[str | None, ...]:
    return tuple(country if name == "country" else COUNTRIES[country].region for name in by if name in PLACES)


def _part_of(one: Measured) -> str | None:
    return one.part


def _key_of(by: Sequence[str]) -> Callable[[Measured], tuple[str | None, ...]]:
    """Returns a function from a result to the cell of `by` that it counts in."""
    known: Mapping[str, Callable[[Measured], str | None]] = {
        "country": lambda one: one.country,
        "region": lambda one: COUNTRIES[one.country].region,
        PERIOD: lambda one: one.period,
    }
    parts = [known.get(name, _part_of) for name in by]
    return lambda one: tuple([part(one) for part in parts])


def grouped(values: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    """The values by their key, in the order of the first ones."""
    found: dict[K, list[T]] = {}
    for value in values:
        found.setdefault(key(value), []).append(value)
    return found
