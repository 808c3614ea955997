"""What is told of who declared which gender, so that nobody learns what one person declared."""

from collections.abc import Mapping, Sequence

GENDERS = ("women", "men", "other")
WORDS: Mapping[str, tuple[str, ...]] = {
    "women": ("f", "female", "woman", "women"),
    "men": ("m", "male", "man", "men"),
    "undeclared": ("", "-", "n/a", "none", "not declared", "prefer not to say", "undeclared", "unknown"),
}
"""Folded words of the free text; any other is `other`."""
STEP = 5
"""Numbers are multiples of this, and move only when so many more or fewer experts are published."""


def told(declared: Mapping[str, int], whole: int) -> dict[str, int]:
    """The numbers rounded down. The largest gives up a step where fewer than five of the whole would be outside of
    them, so that the rest tells nothing either."""
    numbers = {name: _down(declared.get(name, 0)) for name in GENDERS}
    if whole - sum(numbers.values()) < STEP:
        largest = max(GENDERS, key=numbers.__getitem__)
        numbers[largest] = max(0, numbers[largest] - STEP)
    return numbers


def told_of_all(declared: Mapping[str, int], whole: int, parts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    """The same of all countries together. It stays so far below what the rests of the parts could make up that it
    proves none of them to be the largest possible."""
    spare = _down((STEP - 1) * max(0, len(parts) - 1))
    numbers = told(declared, whole)
    return {name: min(number, sum(part[name] for part in parts) + spare) for name, number in numbers.items()}


def balances(rows: Sequence[Mapping[str, str | int]]) -> dict[str, tuple[int, dict[str, int]]]:
    """How many experts, and what is told of them, by country and under the empty text of all together. `rows` are of
    country, gender and n."""
    by_country: dict[str, dict[str, int]] = {}
    everywhere: dict[str, int] = {}
    for row in rows:
        name, n = str(row["gender"]), int(row["n"])
        by_country.setdefault(str(row["country"]), {})[name] = n
        everywhere[name] = everywhere.get(name, 0) + n
    found = {country: (whole := sum(d.values()), told(d, whole)) for country, d in by_country.items()}
    whole = sum(everywhere.values())
    return {**found, "": (whole, told_of_all(everywhere, whole, [numbers for _, numbers in found.values()]))}


def _down(n: int) -> int:
    return n - n % STEP
