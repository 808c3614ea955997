"""What statistics count, by what, and how far one answer goes."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.kernel.countries import COUNTRIES

DIMENSIONS = ("country", "region", "status", "category", "field")
LARGEST = 20_000
"""So many numbers one answer holds at most."""


def by_region(by: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows that count by country as items that count by region; a country of no region counts under null."""
    sums: dict[tuple[str | None, ...], int] = {}
    for row in rows:
        key = tuple(COUNTRIES[row["country"]].region if name == "region" else row[name] for name in by)
        sums[key] = sums.get(key, 0) + row["count"]
    return [{**dict(zip(by, key, strict=True)), "count": n} for key, n in sorted(sums.items(), key=_nulls_first)]


def _nulls_first(item: tuple[tuple[str | None, ...], int]) -> tuple[str, ...]:
    return tuple(part or "" for part in item[0])
