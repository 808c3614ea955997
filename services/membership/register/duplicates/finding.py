"""Finds what a new or changed record may repeat, among the few records that the database returned for it.

The score of a pair depends only on records of its two countries, and what a caller sees only on records that they may
know of: hidden records influence neither.
"""

from collections import Counter
from collections.abc import Collection as Some
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, TypeAlias, TypedDict
from uuid import UUID

from services.membership.linkage.record_linkage import institutions, persons
from services.membership.linkage.record_linkage.domain import Body, MatchScore, Person
from services.membership.linkage.record_linkage.institution_words import GENERIC
from services.membership.linkage.record_linkage.names import significant_words
from services.membership.linkage.record_linkage.persons import Rates, person_of
from services.membership.register.duplicates.domain import MOST_SHOWN, THRESHOLD, Collection, Found, decided, pair
from shared.records.access_scope import AccessScope


class Shown(TypedDict):
    """A record that another may repeat, as a caller sees it."""

    id: str
    score: float


Rows: TypeAlias = Sequence[Mapping[str, Any]]
_TO_ONE_INITIAL = 12
"""The number of persons with a family name for each one with the same initial of the given name."""
_UNLIKE = MatchScore(0.0, ())
_TYPICAL = 2_000
"""The assumed number of experts of two countries, if they were not counted."""


class Compared(NamedTuple):
    """A person and the experts that they were compared with, in the order of their rows."""

    own: Person
    others: Sequence[Person]
    match_scores: Sequence[MatchScore]

    @property
    def found(self) -> list[Found]:
        """The pairs that match."""
        pairs = zip(self.others, self.match_scores, strict=True)
        return [pair(self.own, other, match_score) for other, match_score in pairs if _is_sure(match_score)]


def compared(own: Person, rows: Rows) -> Compared:
    """The person, compared with these experts."""
    others = [person_of(row) for row in rows]
    return Compared(own, others, _match_scores([own] * len(others), others))


def like_person(own: Person, rows: Rows) -> list[Found]:
    """The pairs of this person with those of the given experts that match."""
    return compared(own, rows).found


def like_body(own: Body, rows: Rows) -> list[Found]:
    """The pairs of this institution with those of the given institutions that match."""
    others = [institutions.body_of(row) for row in rows]
    match_scores = [institutions.compare(own, other) for other in others]
    return [
        pair(own, other, match_score)
        for other, match_score in zip(others, match_scores, strict=True)
        if _is_sure(match_score)
    ]


def of_one_person(reason: str, one: Person, other: Person) -> Found:
    """The pair of two persons who are known to be one, such as `same_account` or `same_orcid`."""
    return pair(one, other, MatchScore(1.0, (reason,)))


def shown_of_person(of: Compared, rows: Rows, access: AccessScope, published: Some[str]) -> list[Shown]:
    """The pairs that the caller may see: with experts that they may know of, scored by the values that they may see. An
    e-mail address counts only for experts that they see whole. Whoever may know of all of them gets the scores of `of`,
    unless an address counted in one that they do not see."""
    known = [row for row in rows if access.knows_row(row, published)]
    is_whole = [access.sees_all_fields(row["country"], row["id"]) for row in known]
    keys = {row["id"] for row in known}
    others = [other for row, other in zip(rows, of.others, strict=True) if row["id"] in keys]
    is_same = [whole or of.own.emails.isdisjoint(other.emails) for whole, other in zip(is_whole, others, strict=True)]
    if len(known) == len(rows) and all(is_same):
        return _shown(known, of.match_scores)
    bare = replace(of.own, emails=frozenset())
    return _shown(known, _match_scores([of.own if whole else bare for whole in is_whole], others))


def shown_of_body(own: Body, rows: Rows, access: AccessScope, published: Some[str]) -> list[Shown]:
    """The same for institutions, whose compared values are visible to everybody who may know of them."""
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


def _match_scores(owns: Sequence[Person], others: Sequence[Person]) -> list[MatchScore]:
    """The score of each of these persons with the one at the same place; `owns` are one person, whole or in part."""
    pairs = list(zip(owns, others, strict=True))
    likely = [persons.may_match(own, other) for own, other in pairs]
    countries = {other.country for other, may_match in zip(others, likely, strict=True) if may_match}
    rates = {country: _rates(others, {owns[0].country, country}) for country in countries}
    return [
        decided(persons.compare(own, other, rates[other.country])) if may_match else _UNLIKE
        for (own, other), may_match in zip(pairs, likely, strict=True)
    ]


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
    """Those of these imported pairs with a common identifier that a new record would make too. `rows` are the living
    records."""
    both = [(rows[one], rows[other]) for one, other in pairs if one in rows and other in rows and one != other]
    if resource == "experts":
        return [found for one, other in both for found in like_person(person_of(one), [other])]
    return [found for one, other in both for found in like_body(institutions.body_of(one), [other])]


def terms(own: Body) -> list[str]:
    """The terms by which an institution is looked up in addition to its full names."""
    words = dict.fromkeys(word for name in own.names for word in name if word not in GENERIC and len(word) > 2)
    return sorted(words, key=lambda word: (-len(word), word))[:6]
