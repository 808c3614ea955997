"""Ranks, and how a selection is balanced over genders, regions and fields of science."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.membership.calls.domain import GROUPS
from shared.kernel.countries import COUNTRIES, in_region

UNKNOWN = "unknown"
"""The group of those who disclose no gender or field, and of countries without a region."""
Shares = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A nomination in a ranking. `gender` is None without the consent of the nominee, `mean` without a score."""

    id: UUID
    ref: str
    expert_id: UUID
    name: str
    status: str
    country: str
    fields: Sequence[str]
    gender: str | None
    mean: float | None
    scores: int


def ranked(candidates: Iterable[Candidate]) -> list[tuple[int | None, Candidate]]:
    """The candidates with their ranks, the best first; equal means share a rank, and without a score there is none."""
    found = sorted(candidates, key=lambda one: (one.mean is None, -(one.mean or 0.0), one.ref))
    ranks: list[tuple[int | None, Candidate]] = []
    for place, one in enumerate(found, start=1):
        is_equal = bool(ranks) and ranks[-1][1].mean == one.mean
        ranks.append((None if one.mean is None else ranks[-1][0] if is_equal else place, one))
    return ranks


def balance(candidates: Sequence[Candidate], targets: Shares) -> dict[str, object]:
    """How many candidates are in each group, and which targets their shares meet."""
    counts = {
        name: Counter(group for one in candidates for group in _groups(name, one, targets.get(name, {})))
        for name in GROUPS
    }
    met = {
        name: {group: counts[name][group] >= share * len(candidates) for group, share in shares.items()}
        for name, shares in targets.items()
    }
    return {"total": len(candidates), **{name: dict(sorted(counts[name].items())) for name in GROUPS}, "met": met}


def _groups(name: str, one: Candidate, targets: Iterable[str]) -> set[str]:
    if name == "gender":
        return {one.gender or UNKNOWN}
    if name == "region":
        region = COUNTRIES[one.country].region if one.country in COUNTRIES else None
        return {region or UNKNOWN, *(target for target in targets if one.country in in_region(target))}
    majors = {field.partition(".")[0] for field in one.fields}
    return (majors or {UNKNOWN}) | set(_named(one.fields, targets))


def _named(fields: Sequence[str], targets: Iterable[str]) -> Iterator[str]:
    return (target for target in targets if target in fields)
