"""What a new or changed record may repeat, among the few that the database looked up for it.

How sure a pair is follows from records of its two countries alone, and what a caller is shown from records alone that
they may know of: neither moves with what is hidden from them.
"""

from collections import Counter
from collections.abc import Collection as Some
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias, TypedDict
from uuid import UUID

from services.membership.duplicates.domain import MOST_SHOWN, THRESHOLD, Collection, Found, decided, pair
from services.membership.record_linkage import institutions, persons
from services.membership.record_linkage.domain import Body, MatchScore, Person
from services.membership.record_linkage.institution_words import GENERIC
from services.membership.record_linkage.names import significant_words
from services.membership.record_linkage.persons import Rates, person_of
from shared.records.access_scope import AccessScope


class Shown(TypedDict):
    """A record that another may repeat, as a caller sees it."""

    id: str
    score: float


Rows: TypeAlias = Sequence[Mapping[str, Any]]
_TO_ONE_INITIAL = 12
"""Persons with a family name for each one whose given name has the same initial too."""
_TYPICAL = 2_000
"""Experts of two countries, where nobody has counted them."""


def like_person(own: Person, rows: Rows) -> list[Found]:
    """The pairs of this person with those of the experts looked up that are the same."""
    others = [person_of(row) for row in rows]
    rates = _rates_by_country(own, others)
    match_scores = [decided(persons.compare(own, other, rates[other.country])) for other in others]
    return [
        pair(own, other, match_score)
        for other, match_score in zip(others, match_scores, strict=True)
        if _is_sure(match_score)
    ]


def like_body(own: Body, rows: Rows) -> list[Found]:
    """The pairs of this institution with those of the institutions looked up that are the same."""
    others = [institutions.body_of(row) for row in rows]
    match_scores = [institutions.compare(own, other) for other in others]
    return [
        pair(own, other, match_score)
        for other, match_score in zip(others, match_scores, strict=True)
        if _is_sure(match_score)
    ]


def shown_of_person(own: Person, rows: Rows, access: AccessScope, published: Some[str]) -> list[Shown]:
    """What the caller sees: of experts that they may know of, as sure as what they may see of them makes it. Of
    others than those that they see whole no e-mail address counts."""
    known = [row for row in rows if access.knows_row(row, published)]
    others = [person_of(row) for row in known]
    rates = _rates_by_country(own, others)
    bare = replace(own, emails=frozenset())
    seen = [own if access.sees_all_fields(row["country"], row["id"]) else bare for row in known]
    match_scores = [
        persons.compare(mine, other, rates[other.country]) for mine, other in zip(seen, others, strict=True)
    ]
    return _shown(known, map(decided, match_scores))


def shown_of_body(own: Body, rows: Rows, access: AccessScope, published: Some[str]) -> list[Shown]:
    """The same of institutions, of which nothing that is compared is hidden from whoever may know of them."""
    known = [row for row in rows if access.knows_row(row, published)]
    return _shown(known, [institutions.compare(own, institutions.body_of(row)) for row in known])


def _shown(rows: Rows, match_scores: Iterable[MatchScore]) -> list[Shown]:
    sure = [
        (match_score.score, str(row["id"]))
        for row, match_score in zip(rows, match_scores, strict=True)
        if _is_sure(match_score)
    ]
    return [
        {"id": key, "score": score} for score, key in sorted(sure, key=lambda each: (-each[0], each[1]))[:MOST_SHOWN]
    ]


def _is_sure(match_score: MatchScore) -> bool:
    return match_score.score >= THRESHOLD


def _rates_by_country(own: Person, others: Sequence[Person]) -> dict[str, Rates]:
    """How common names are among these persons in a country and the person's own, by that country."""
    return {country: _rates(others, {own.country, country}) for country in {other.country for other in others}}


def _rates(persons: Iterable[Person], countries: Some[str]) -> Rates:
    names = [name for person in persons if person.country in countries for name in person.names]
    families = Counter(word for name in names for word in set(significant_words(name.family)))
    given = Counter(name.given[0] for name in names if name.given)
    return Rates(
        _TYPICAL,
        {word: count * _TO_ONE_INITIAL for word, count in families.items() if count > 1},
        dict(given),
    )


def identified(
    resource: Collection, pairs: Iterable[tuple[UUID, UUID]], rows: Mapping[UUID, Mapping[str, Any]]
) -> list[Found]:
    """Those of these pairs of records, which shared an identifier as one of them was imported, that an entry would make
    too. `rows` are the records that are living."""
    both = [(rows[one], rows[other]) for one, other in pairs if one in rows and other in rows and one != other]
    if resource == "experts":
        return [found for one, other in both for found in like_person(person_of(one), [other])]
    return [found for one, other in both for found in like_body(institutions.body_of(one), [other])]


def terms(own: Body) -> list[str]:
    """The words that an institution is looked up by in addition to its whole names."""
    words = dict.fromkeys(word for name in own.names for word in name if word not in GENERIC and len(word) > 2)
    return sorted(words, key=lambda word: (-len(word), word))[:6]
