"""The rule by which experts match a request: what is compared, with which weight, and when a search has found the best.
Plain Python, whole numbers.

An expert gets the share of the asked values that matches, times the weight, for each criterion that asks for something.
The score is the sum, divided by the weights of what is asked. To keep it exact, `Criterion.points` are whole numbers: a
value of each criterion adds its points, and all values together have `total(criteria)`.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from math import lcm
from typing import NamedTuple
from uuid import UUID

from services.actions.support.support_requests.record import SupportRequest
from shared.kernel.countries import COUNTRIES, in_region
from shared.kernel.text import fold

RULE = "match/1"
MOST, USUAL = 50, 20
"""How many experts a response lists, at most and by default."""
REGION = "region"
_PLACES = 4
_CANDIDATES = 2_000
_MANY, _ALL = 100_000, 1_000_000_000
_SELECTIVE, _BROAD, _COMMON = ("fields", "keywords"), ("boundaries", "ecosystems"), ("languages",)
_STAGES = (_SELECTIVE, (*_SELECTIVE, *_BROAD), (*_SELECTIVE, *_BROAD, *_COMMON))
"""What candidates are found by: few experts have one field or keyword, many a boundary, most a language."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """What a request asks for in one respect. `kind` is that of the values in the register; `asked` are the values that
    experts have, for a region its countries. `weight` is in hundredths, `points` are those of one value."""

    code: str
    kind: str
    weight: int
    asked: Sequence[str]
    points: int = 0

    @property
    def count(self) -> int:
        """How many values are asked for: a region is one."""
        return 1 if self.code == REGION else len(self.asked)


class Candidate(NamedTuple):
    """An expert who was found: the points of all criteria."""

    id: UUID
    points: int


class Horizon(NamedTuple):
    """The last candidate that a stage of the search considered, by the points of its criteria, then by id."""

    partial: int
    id: UUID


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of the search: at most so many candidates, with the most points by some criteria, then by id. `others`
    are the other criteria."""

    criteria: Sequence[Criterion]
    others: Sequence[Criterion]
    most: int


def criteria_of(request: SupportRequest) -> list[Criterion]:
    """What the request asks for; not what it leaves open."""
    region = COUNTRIES[request.country].region
    found = [
        Criterion("fields", "field", 35, request.fields),
        Criterion("boundaries", "boundary", 20, request.planetary_boundaries),
        Criterion("ecosystems", "ecosystem", 15, request.ecosystems),
        Criterion("keywords", "keyword", 15, [fold(keyword) for keyword in request.keywords]),
        Criterion("languages", "language", 10, request.languages),
        Criterion(REGION, "", 5, sorted(in_region(region)) if region else []),
    ]
    asked = [replace(one, asked=sorted(set(one.asked))) for one in found if one.asked]
    unit = lcm(*(one.count for one in asked))
    return [replace(one, points=one.weight * unit // one.count) for one in asked]


def total(criteria: Collection[Criterion]) -> int:
    """The points of an expert who matches all that is asked."""
    return sum(one.points * one.count for one in criteria)


def score(points: int, criteria: Collection[Criterion]) -> float:
    """The score of so many points, from 0 to 1, to four places."""
    return round(points / total(criteria), _PLACES)


def stages(criteria: Sequence[Criterion]) -> Iterator[Stage]:
    """The stages of a search, until one has found the best."""
    before: list[Criterion] = []
    for codes in (*_STAGES, (*_STAGES[-1], REGION)):
        chosen = [one for one in criteria if one.code in codes]
        if chosen and len(chosen) > len(before):
            yield Stage(chosen, [one for one in criteria if one not in chosen], _CANDIDATES)
        before = chosen
    for most in (_MANY, _ALL):
        yield Stage(criteria, (), most)


def is_settled(stage: Stage, found: Sequence[Candidate], limit: int, horizon: Horizon | None) -> bool:
    """Whether nobody beyond the candidates of a stage belongs to the first `limit`. `found` are the best candidates in
    their order; `horizon` is the last one, None if the stage has found all.

    Others have at most the points of the horizon by the stage's criteria, or none if the stage has found all, and all
    points of the other criteria. With equal points by the stage's criteria, they come after the horizon.
    """
    rest = total(stage.others)
    if horizon is None and not rest:
        return True
    if len(found) < limit:
        return False
    last, bound = found[limit - 1], rest + (horizon.partial if horizon else 0)
    return last.points > bound or (horizon is not None and last.points == bound and last.id < horizon.id)
