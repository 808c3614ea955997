"""How nominees are balanced over genders, regions and fields of science."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from services.membership.selection.calls.domain import GROUPS
from shared.kernel.countries import COUNTRIES, in_region

UNKNOWN = "unknown"
"""The group of those who disclose no gender or field, and of countries without a region."""
Shares = Mapping[str, Mapping[str, float]]


@dataclass(slots=True)
class Nominees:
    """How many nominees there are, by gender (None without their consent), by country, and by all their fields."""

    total: int = 0
    gender: dict[str | None, int] = field(default_factory=dict)
    country: dict[str, int] = field(default_factory=dict)
    fields: dict[tuple[str, ...], int] = field(default_factory=dict)


def balance(nominees: Nominees, targets: Shares) -> dict[str, object]:
    """How many nominees are in each group, and which targets their shares meet."""
    counts = {name: Counter[str]() for name in GROUPS}
    for gender, n in nominees.gender.items():
        counts["gender"][gender or UNKNOWN] += n
    for country, n in nominees.country.items():
        counts["region"].update(dict.fromkeys(_regions(country, targets.get("region", {})), n))
    for fields, n in nominees.fields.items():
        counts["field"].update(dict.fromkeys(_fields(fields, targets.get("field", {})), n))
    met = {
        name: {group: counts[name][group] >= share * nominees.total for group, share in shares.items()}
        for name, shares in targets.items()
    }
    return {"total": nominees.total, **{name: dict(sorted(counts[name].items())) for name in GROUPS}, "met": met}


def _regions(country: str, targets: Iterable[str]) -> set[str]:
    region = COUNTRIES[country].region if country in COUNTRIES else None
    return {region or UNKNOWN, *(target for target in targets if country in in_region(target))}


def _fields(fields: Sequence[str], targets: Iterable[str]) -> set[str]:
    return ({one.partition(".")[0] for one in fields} or {UNKNOWN}) | set(_named(fields, targets))


def _named(fields: Sequence[str], targets: Iterable[str]) -> Iterator[str]:
    return (target for target in targets if target in fields)
