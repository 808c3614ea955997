"""What statistics count, by what, and how far one answer goes."""

from collections.abc import Mapping, Sequence
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


def items_of(by: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows that count by country as items that count by what was asked for, in its order. A country of no region
    counts under null, as does who has none of a tag."""
    sums: dict[tuple[str | None, ...], int] = {}
    for row in rows:
        key = tuple(_value(name, row) for name in by)
        sums[key] = sums.get(key, 0) + row["count"]
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
