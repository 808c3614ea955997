"""What statistics count, by what, and how far one answer goes."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from shared.kernel.countries import COUNTRIES, in_region

TAGS = ("field", "planetary_boundary")
"""Of these an expert has any number; an answer is by one of them."""
DIMENSIONS: Mapping[str, tuple[str, ...]] = {
    "experts": ("country", "region", "status", "category", *TAGS),
    "institutions": ("country", "region", "status"),
}
"""What can be counted, and by what."""
LARGEST = 20_000
"""So many numbers one answer holds at most."""
MONTHS = {"month": 1, "year": 12}
MOST_POINTS = 240


def items_of(by: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows that count by country as items that count by what was asked for, in its order. A country of no region
    counts under null, as does who has none of a tag."""
    return _sums(by, [{**{name: _value(name, row) for name in by}, "count": row["count"]} for row in rows])


def points(first: date, last: date, step: str) -> list[date]:
    """The last day of each month or calendar year that `first` to `last` touch, in order; the latest is `last` itself.
    Raises ValueError where they are more than 240."""
    months = MONTHS[step]
    number = (first.year * 12 + first.month - 1) // months
    count = (last.year * 12 + last.month - 1) // months - number
    if not 0 <= count < MOST_POINTS:
        raise ValueError(f"more than {MOST_POINTS} points, or none")
    starts = (divmod((number + n) * months, 12) for n in range(1, count + 1))
    return [*(date(year, month + 1, 1) - timedelta(days=1) for year, month in starts), last]


def over_time(
    by: Sequence[str], rows: Sequence[Mapping[str, Any]], count: int
) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """The items at each point and their sum, from rows of what changed until a `point` since the one before it."""
    changes: dict[int, list[Mapping[str, Any]]] = {}
    for row in rows:
        changes.setdefault(row["point"], []).append(row)
    items: list[dict[str, Any]] = []
    for point in range(count):
        new = changes.get(point)
        if new:
            items = [item for item in _sums(by, items, items_of(by, new)) if item["count"]]
        yield sum(item["count"] for item in items), items


def _sums(by: Sequence[str], *parts: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    sums: dict[tuple[str | None, ...], int] = {}
    for item in (item for part in parts for item in part):
        key = tuple(item[name] for name in by)
        sums[key] = sums.get(key, 0) + item["count"]
    return [{**dict(zip(by, key, strict=True)), "count": n} for key, n in sorted(sums.items(), key=_nulls_first)]


def drill_down(given: Mapping[str, str], item: Mapping[str, Any]) -> str | None:
    """The parameters of the list that holds just what an item counts, under the filters that were given; None where
    there is no such list: none filters by having no region, or none of a tag."""
    query = {**given, **{name: value for name, value in item.items() if name != "count"}}
    if "country" in item:
        query.pop("region", None)
    if None in query.values():
        return None
    if "country" not in item and "region" in item and "region" in given:
        codes = in_region(query.pop("region")) & in_region(given["region"])
        query["country"] = ",".join(sorted(codes.intersection(given.get("country", ",".join(codes)).split(","))))
    return "&".join(f"{name}={quote(value, safe=',')}" for name, value in query.items())


def _value(name: str, row: Mapping[str, Any]) -> str | None:
    return COUNTRIES[row["country"]].region if name == "region" else row[name] or None


def _nulls_first(item: tuple[tuple[str | None, ...], int]) -> tuple[str, ...]:
    return tuple(part or "" for part in item[0])
