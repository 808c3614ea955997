"""Published counts of declared genders that disclose nobody's declaration."""

from collections.abc import Collection, Mapping, Sequence

from shared.kernel.countries import COUNTRIES

GENDERS = ("women", "men", "other")
WORDS: Mapping[str, tuple[str, ...]] = {
    "women": ("f", "female", "woman", "women"),
    "men": ("m", "male", "man", "men"),
    "undeclared": ("", "-", "n/a", "none", "not declared", "prefer not to say", "undeclared", "unknown"),
}
"""Folded words of the free text; any other is `other`."""
STEP = 5
"""Numbers are multiples of this, and change only when so many more or fewer experts are published."""


def published_counts(declared: Mapping[str, int], whole: int) -> dict[str, int]:
    """The numbers rounded down. The largest is reduced by a step if fewer than five of the whole would be outside the
    numbers, so that the rest discloses nothing either."""
    numbers = {name: _down(declared.get(name, 0)) for name in GENDERS}
    if whole - sum(numbers.values()) < STEP:
        largest = max(GENDERS, key=numbers.__getitem__)
        numbers[largest] = max(0, numbers[largest] - STEP)
    return numbers


def published_totals(
    declared: Mapping[str, int], whole: int, *divisions: Collection[Mapping[str, int]]
) -> dict[str, int]:
    """The same for several places together, for each way in which published counts divide them. The numbers stay so far
    below the possible sum of the parts' rests that they do not prove any rest to be the largest possible."""
    numbers = published_counts(declared, whole)
    for parts in divisions:
        spare = _down((STEP - 1) * max(0, len(parts) - 1))
        numbers = {name: min(number, sum(part[name] for part in parts) + spare) for name, number in numbers.items()}
    return numbers


def balances(rows: Sequence[Mapping[str, str | int]]) -> dict[str, tuple[int, dict[str, int]]]:
    """The number of experts and their published counts, by country, by region and for all together under the empty
    text. `rows` have country, gender and n."""
    declared: dict[str, dict[str, int]] = {"": {}}
    for row in rows:
        country, name = str(row["country"]), str(row["gender"])
        for place in (country, COUNTRIES[country].region, ""):
            if place is not None:
                of_place = declared.setdefault(place, {})
                of_place[name] = of_place.get(name, 0) + int(row["n"])
    wholes = {place: sum(of_place.values()) for place, of_place in declared.items()}
    countries = {place: published_counts(declared[place], wholes[place]) for place in declared if place in COUNTRIES}
    within: dict[str | None, dict[str, dict[str, int]]] = {}
    for country, numbers in countries.items():
        within.setdefault(COUNTRIES[country].region, {})[country] = numbers
    outside = within.pop(None, {})
    regions = {
        place: published_totals(declared[place], wholes[place], parts.values())
        for place, parts in within.items()
        if place
    }
    everywhere = published_totals(declared[""], wholes[""], countries.values(), [*regions.values(), *outside.values()])
    return {place: (wholes[place], numbers) for place, numbers in {**countries, **regions, "": everywhere}.items()}


def _down(n: int) -> int:
    return n - n % STEP
