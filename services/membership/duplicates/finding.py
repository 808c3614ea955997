"""What a new or changed record may repeat, among the few that the database looked up for it."""

from collections import Counter
from collections.abc import Collection as Some
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from services.membership.duplicates.domain import THRESHOLD, TOLD, Collection, Found, pair
from services.membership.institutions.matching.words import GENERIC
from services.membership.likeness import bodies, people
from services.membership.likeness.bodies import Body
from services.membership.likeness.names import telling
from services.membership.likeness.people import Person, Rates, person_of
from shared.records.sight import Sight

_TO_ONE_INITIAL = 12
"""Persons with a family name for each one whose given name has the same initial too."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that the new one may repeat. `open_score` is what the score is without e-mail addresses, which not
    everybody may know."""

    row: Mapping[str, Any]
    found: Found
    open_score: float


def like_person(own: Person, lookalikes: Mapping[str, Any]) -> list[Hit]:
    """Those of the experts looked up that are this person, the surest first."""
    others = [(row, person_of(row)) for row in lookalikes["found"]]
    rates = _rates([other for _, other in others], max(int(lookalikes["total"]), 0))
    bare = replace(own, emails=frozenset())
    hits = []
    for row, other in others:
        verdict = people.compare(own, other, rates)
        if verdict.score >= THRESHOLD:
            without = people.compare(bare, other, rates) if own.emails & other.emails else verdict
            hits.append(Hit(row, pair(own, other, verdict), without.score))
    return _surest_first(hits)


def _rates(others: Iterable[Person], total: int) -> Rates:
    names = [name for person in others for name in person.names]
    families = Counter(word for name in names for word in set(telling(name.family)))
    given = Counter(name.given[0] for name in names if name.given)
    return Rates(
        total,
        {word: count * _TO_ONE_INITIAL for word, count in families.items() if count > 1},
        dict(given),
    )


def like_body(own: Body, rows: Sequence[Mapping[str, Any]]) -> list[Hit]:
    """Those of the institutions looked up that are this one, the surest first."""
    hits = []
    for row in rows:
        other = bodies.body_of(row)
        verdict = bodies.compare(own, other)
        if verdict.score >= THRESHOLD:
            hits.append(Hit(row, pair(own, other, verdict), verdict.score))
    return _surest_first(hits)


def identified(
    resource: Collection, pairs: Iterable[tuple[UUID, UUID]], rows: Mapping[UUID, Mapping[str, Any]]
) -> list[Found]:
    """The pairs of these records, which are known to share an identifier: never below the threshold."""
    found = []
    for first, second in pairs:
        if first in rows and second in rows and first != second:
            one: Any
            other: Any
            if resource == "experts":
                one, other = person_of(rows[first]), person_of(rows[second])
                verdict = people.compare(one, other, Rates(0))
            else:
                one, other = bodies.body_of(rows[first]), bodies.body_of(rows[second])
                verdict = bodies.compare(one, other)
            found.append(pair(one, other, replace(verdict, score=max(verdict.score, THRESHOLD))))
    return found


def terms(own: Body) -> list[str]:
    """The words that an institution is looked up by beside its whole names."""
    words = dict.fromkeys(word for name in own.names for word in name if word not in GENERIC and len(word) > 2)
    return sorted(words, key=lambda word: (-len(word), word))[:6]


def told(hits: Sequence[Hit], sight: Sight, published: Some[str]) -> list[dict[str, Any]]:
    """What the caller is told: of records that they may know of, as sure as what they may see of them makes it."""
    shown: list[dict[str, Any]] = []
    for hit in hits:
        row = hit.row
        whole = sight.sees_all_fields(row["country"], row["id"])
        known = whole or (row["visibility"] in sight.open_visibilities and row["status"] in published)
        score = hit.found.verdict.score if whole else hit.open_score
        if known and score >= THRESHOLD:
            shown.append({"id": str(row["id"]), "score": score})
    return sorted(shown, key=lambda each: -each["score"])[:TOLD]


def _surest_first(hits: list[Hit]) -> list[Hit]:
    return sorted(hits, key=lambda hit: (-hit.found.verdict.score, str(hit.row["id"])))
