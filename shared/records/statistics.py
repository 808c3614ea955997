"""Counts of records by their dimensions: sums, points in time, and the list behind a number."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from shared.kernel.countries import COUNTRIES, in_region

LARGEST = 20_000
"""Most numbers in a response."""
MONTHS = {"month": 1, "year": 12}
MOST_POINTS = 240


@dataclass(frozen=True, slots=True)
class Cell:
    """A count for these column values. `point` is the number of the point until which it changed."""

    values: Mapping[str, str]
    count: int
    point: int = 0


@dataclass(frozen=True, slots=True)
class Item:
    """A count for these values, in the order of the dimensions; None means no value."""

    values: tuple[str | None, ...]
    count: int


def items_of(by: Sequence[str], cells: Iterable[Cell]) -> list[Item]:
    """Cells by country as items by the requested dimensions, in their order. None counts countries without a region,
    and records without a tag."""
    return _sums(Item(tuple(_value(name, cell) for name in by), cell.count) for cell in cells)


def columns_of(by: Sequence[str]) -> tuple[str, ...]:
    """The columns behind dimensions: that of a region is the country."""
    return tuple(dict.fromkeys("country" if name == "region" else name for name in by))


def key_of(by: Sequence[str], row: Mapping[str, Any]) -> tuple[Any, ...]:
    """The values of a row by these dimensions."""
    return tuple(COUNTRIES[row["country"]].region if name == "region" else row[name] for name in by)


def points(first: date, last: date, step: str) -> list[date]:
    """The last day of each month or calendar year from `first` to `last`, in order; the latest is `last` itself. Raises
    ValueError for more than 240."""
    months = MONTHS[step]
    number = (first.year * 12 + first.month - 1) // months
    count = (last.year * 12 + last.month - 1) // months - number
    if not 0 <= count < MOST_POINTS:
        raise ValueError(f"more than {MOST_POINTS} points, or none")
    starts = (divmod((number + n) * months, 12) for n in range(1, count + 1))
    return [*(date(year, month + 1, 1) - timedelta(days=1) for year, month in starts), last]


def over_time(by: Sequence[str], cells: Iterable[Cell], count: int) -> Iterator[tuple[int, list[Item]]]:
    """The items at each point and their sum, from cells of the changes between points."""
    changes: dict[int, list[Cell]] = {}
    for cell in cells:
        changes.setdefault(cell.point, []).append(cell)
    items: list[Item] = []
    for point in range(count):
        if changed := changes.get(point):
            items = [item for item in _sums([*items, *items_of(by, changed)]) if item.count]
        yield sum(item.count for item in items), items


def _sums(items: Iterable[Item]) -> list[Item]:
    """One item for equal values, None first."""
    sums: Counter[tuple[str | None, ...]] = Counter()
    for item in items:
        sums[item.values] += item.count
    return [Item(key, sums[key]) for key in sorted(sums, key=lambda key: tuple(part or "" for part in key))]


def drill_down(given: Mapping[str, str], values: Mapping[str, str | None]) -> str | None:
    """The query parameters of the list with exactly these values, under the given filters; None if there is no such
    list: no filter selects a missing region or tag."""
    is_by_country = "country" in values
    asked = {name: value for name, value in values.items() if not (is_by_country and name == "region")}
    if None in asked.values():
        return None
    query = {**given, **{name: value for name, value in asked.items() if value is not None}}
    if is_by_country:
        query.pop("region", None)
    elif "region" in values and "region" in given:
        codes = in_region(query.pop("region")) & in_region(given["region"])
        query["country"] = ",".join(sorted(codes.intersection(given.get("country", ",".join(codes)).split(","))))
    return "&".join(f"{name}={quote(value, safe=',')}" for name, value in query.items())


def _value(name: str, cell: Cell) -> str | None:
    return COUNTRIES[cell.values["country"]].region if name == "region" else cell.values[name] or None
