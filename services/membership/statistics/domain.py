"""What statistics count, by what, and how far one answer goes."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.kernel.countries import COUNTRIES

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


def _value(name: str, row: Mapping[str, Any]) -> str | None:
    return COUNTRIES[row["country"]].region if name == "region" else row[name] or None


def _nulls_first(item: tuple[tuple[str | None, ...], int]) -> tuple[str, ...]:
    return tuple(part or "" for part in item[0])
