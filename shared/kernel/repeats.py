"""Values that are given twice."""

from collections.abc import Hashable, Iterable


def repeats(values: Iterable[Hashable]) -> set[int]:
    """The places of values that stand at an earlier place, too."""
    seen: set[Hashable] = set()
    found = set()
    for place, value in enumerate(values):
        if value in seen:
            found.add(place)
        seen.add(value)
    return found
