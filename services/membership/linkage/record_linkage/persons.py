"""The match score of two experts: evidence in natural logarithms of odds, after Fellegi and Sunter, so that agreement
on a rare value counts more than on a common one. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import exp, log
from operator import itemgetter
from typing import Any, Protocol
from uuid import UUID

from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import token_set_ratio

from services.membership.linkage.record_linkage.domain import MatchScore, Person
from services.membership.linkage.record_linkage.names import Name, consonants, names_of, significant_words, sound
from services.membership.linkage.record_linkage.spellings import COMMON_FAMILIES, COMMON_GIVEN, stand_for_each_other
from shared.kernel.text import fold

_NOWHERE = frozenset(("", "n a", "none", "unknown", "retired", "consultant", "independent"))
_IMAGINED = 2_000
"""Assumed persons with the expected frequencies of names, in addition to those of the database, so that a small
database does not make every name rare."""
_BY_LENGTH = (0, 3e-3, 2e-3, 1.2e-3, 6e-4, 3e-4, 1.5e-4, 8e-5, 4e-5)
_MANY = 5e-3
_OF_GIVEN = {True: 8e-3, False: 8e-4}
_INITIAL, _SECOND_INITIAL = 2.6, 2.4
_DIFFERENT = -9.0
_SAME_ORCID, _SAME_EMAIL, _OTHER_ORCID = 14.0, 7.0, -14.0
_SHARED_BOXES_WORDS = """
info office contact admin secretariat secretary mail hello enquiries support press director dean registrar
"""
_SHARED_BOXES = frozenset(_SHARED_BOXES_WORDS.split())
_ONE_LETTER = {letter: group for group in ("ijy", "ckq", "vw", "fp", "sc", "zj", "gh") for letter in group}


def person_of(row: Mapping[str, Any]) -> Person:
    """The person of a row with id, country, names, email_keys, orcid and works."""
    works = {work: None for name in row["works"] or () if (work := fold(name)[:200]) not in _NOWHERE}
    return Person(
        key=row["id"] if isinstance(row["id"], UUID) else UUID(row["id"]),
        country=row["country"],
        names=names_of(row["names"]),
        emails=frozenset(row["email_keys"]),
        orcid=row["orcid"],
        works=tuple(works),
    )


class Counts(Protocol):
    """How often words occur."""

    def get(self, word: str, default: int, /) -> int: ...


_UNCOUNTED: Mapping[str, int] = {}


@dataclass(frozen=True)
class Rates:
    """How common values are among `total` persons. A missing count is 0."""

    total: int
    families: Counts = field(default_factory=lambda: _UNCOUNTED)
    given: Counts = field(default_factory=lambda: _UNCOUNTED)
    countries: Counts = field(default_factory=lambda: _UNCOUNTED)

    @property
    def prior(self) -> float:
        """The weight against a match of two random persons."""
        return log(self.total + _IMAGINED)

    def family(self, word: str) -> float:
        """The weight of agreement on a family name."""
        expected = _MANY if word in COMMON_FAMILIES else _BY_LENGTH[min(len(word), 8)]
        return self._worth(self.families.get(word, 0), expected)

    def called(self, word: str) -> float:
        """The weight of agreement on a given name."""
        return self._worth(self.given.get(word, 0), _OF_GIVEN[word in COMMON_GIVEN])

    def country(self, code: str) -> float:
        """The weight of agreement on a country."""
        return min(max(self._worth(self.countries.get(code, 0), 0.05), 0.7), 2.5)

    def _worth(self, count: int, expected: float) -> float:
        return -log((count + _IMAGINED * expected) / (self.total + _IMAGINED))


_RAREST = Rates(10**9)
"""Each value is rare, so that no other rates give an agreement more weight."""


def may_match(one: Person, other: Person) -> bool:
    """Whether the score of two persons can be above 0 at any rates: an identifier or a name agrees."""
    return bool(_identifiers(one, other)[1]) or any(_may_agree(a, b) for a in one.names for b in other.names)


def _may_agree(a: Name, b: Name) -> bool:
    orders = [(b.family, b.given), (b.given, b.family)] if a.given and b.given else [(b.family, b.given)]
    foreign = a.foreign or b.foreign
    return any(
        _families(a.family, family, foreign, _RAREST)[0] > 0 and _givens(a.given, given, foreign, _RAREST)[0] >= 0
        for family, given in orders
    )


def compare(one: Person, other: Person, rates: Rates) -> MatchScore:
    """The match score of two persons, with reasons."""
    odds, reasons = _identifiers(one, other)
    named, how = max((_names(a, b, rates) for a in one.names for b in other.names), default=(_DIFFERENT, ()))
    if not reasons:
        if named <= 0:
            return MatchScore(0.0, ())
        odds -= rates.prior
    elif named < 0:
        named = max(named, -7.5 if how == () else -5.0)
    odds += named
    if one.country == other.country:
        odds += rates.country(one.country) * (0.25 if _is_common(one) else 1.0)
        how = (*how, "same_country")
    else:
        odds -= 0.8
    work = _works(one.works, other.works)
    if work > 0:
        how = (*how, "same_affiliation")
    return MatchScore(round(1 / (1 + exp(-max(min(odds + work, 30.0), -30.0))), 3), (*reasons, *how))


def _is_common(one: Person) -> bool:
    """Whether the family name is typical of the person's country, so that both together weigh little more."""
    return any(word in COMMON_FAMILIES for name in one.names for word in name.family)


def _identifiers(one: Person, other: Person) -> tuple[float, tuple[str, ...]]:
    odds, reasons = 0.0, []
    if one.orcid and other.orcid:
        odds += _SAME_ORCID if one.orcid == other.orcid else _OTHER_ORCID
        if one.orcid == other.orcid:
            reasons.append("same_orcid")
    if any(email.partition("@")[0] not in _SHARED_BOXES for email in one.emails & other.emails):
        odds += _SAME_EMAIL
        reasons.append("same_email")
    return odds, tuple(reasons)


def _works(mine: tuple[str, ...], others: tuple[str, ...]) -> float:
    if not mine or not others:
        return 0.0
    if set(mine) & set(others):
        return 2.5
    likes = max(token_set_ratio(a, b) for a in mine for b in others)
    return 2.0 if likes >= 90 else -0.3


def _names(a: Name, b: Name, rates: Rates) -> tuple[float, tuple[str, ...]]:
    """The weight of two names, below 0 if they belong to different persons. The reasons are empty if neither the family
    nor the given name agrees."""
    best = _in_order(a, b, rates)
    if best[0] < 0 and a.given and b.given:
        turned = _in_order(a, Name(b.family, b.given, b.foreign), rates)
        if turned[0] > 0:
            return turned[0] - 1.0, ("name_order", *turned[1])
    return best


def _in_order(a: Name, b: Name, rates: Rates) -> tuple[float, tuple[str, ...]]:
    foreign = a.foreign or b.foreign
    family, family_how = _families(a.family, b.family, foreign, rates)
    given, given_how = _givens(a.given, b.given, foreign, rates)
    if family < 0 and given < 0:
        return _DIFFERENT, ()
    if family < 0 or given < 0:
        return min(family, given) + 1.0, ("same_family_name" if given < 0 else "same_given_name",)
    how = tuple(dict.fromkeys((*family_how, *given_how)))
    return family + given, how or ("same_name",)


def _families(mine: tuple[str, ...], others: tuple[str, ...], foreign: bool, rates: Rates) -> tuple[float, list[str]]:
    mine, others = significant_words(mine), significant_words(others)
    if mine == others or "".join(mine) == "".join(others):
        return max(map(rates.family, mine)) + 0.7 * (len(mine) - 1), []
    short, long = sorted((mine, others), key=len)
    worth, how, left = 0.0, [], list(long)
    for word in short:
        found = [(*alike, each) for each in left if (alike := _alike(word, each, foreign)) is not None]
        if not found:
            return _DIFFERENT, []
        cost, kind, partner = min(found, key=_cost)
        left.remove(partner)
        worth = max(worth, min(rates.family(word), rates.family(partner)) - cost)
        how += [kind] if kind else []
    if left:
        worth, how = worth - 1.5, [*how, "name_variant"]
    return (worth, how) if worth > 0 else (_DIFFERENT, [])


_cost: Callable[[tuple[float, str, str]], float] = itemgetter(0)


@lru_cache(maxsize=262_144)
def _alike(word: str, other: str, foreign: bool) -> tuple[float, str] | None:
    """The deduction from the agreement of two words, and its kind; None for different words."""
    if word == other:
        return 0.0, ""
    longest, shortest = max(len(word), len(other)), min(len(word), len(other))
    if shortest >= 3 and sound(word) == sound(other):
        return (0.7 if foreign else 1.2), "transliteration"
    if foreign and len(consonants(word)) >= 2 and consonants(word) == consonants(other):
        return 1.5, "transliteration"
    if shortest >= 6 and consonants(word) == consonants(other) and OSA.distance(sound(word), sound(other)) <= 1:
        return 2.0, "transliteration"
    allowed = 2 if shortest >= 9 else 1 if shortest >= 4 else 0
    if longest - shortest <= allowed and OSA.distance(word, other, score_cutoff=allowed) <= allowed:
        return (2.5 if shortest > 4 else 5.0), "name_variant"
    return None


def _givens(mine: tuple[str, ...], others: tuple[str, ...], foreign: bool, rates: Rates) -> tuple[float, list[str]]:
    if not mine or not others:
        return 0.0, ["name_variant"]
    joined = "".join(mine)
    if joined == "".join(others) and len(mine[0]) > 1 and len(others[0]) > 1:
        return max(map(rates.called, mine)) + 2.0 * (len(mine) > 1), []
    worth, how = _called(mine[0], others[0], foreign, rates)
    if worth < 0:
        return _by_another(mine, others, foreign, rates)
    if len(mine) > 1 and len(others) > 1:
        second, second_how = _called(mine[1], others[1], foreign, rates)
        if second < 0:
            return _DIFFERENT, []
        return worth + min(
            second, 4.0 if len(mine[1]) > 1 and len(others[1]) > 1 else _SECOND_INITIAL
        ), how + second_how
    return worth - (0.2 if len(mine) != len(others) else 0.0), how


def _by_another(mine: tuple[str, ...], others: tuple[str, ...], foreign: bool, rates: Rates) -> tuple[float, list[str]]:
    """Persons who use a later one of their names, or whose two names are written as one."""
    for whole, parts in ((mine, others), (others, mine)):
        if len(parts) > 1 and len(whole[0]) > 3 and whole[0] == parts[0] + parts[1] and len(parts[0]) > 1:
            return rates.called(whole[0]), []
        for later in parts[1:]:
            worth, how = _called(whole[0], later, foreign, rates)
            if worth > 0 and (len(whole) == 1 or "initials" not in how):
                return max(worth - 2.5, 0.1), [*how, "name_variant"]
    return _DIFFERENT, []


def _called(word: str, other: str, foreign: bool, rates: Rates) -> tuple[float, list[str]]:
    if len(word) == 1 or len(other) == 1:
        same = word[0] == other[0]
        near = not same and _ONE_LETTER.get(word[0], word) == _ONE_LETTER.get(other[0], other) and foreign
        return (_INITIAL if same else 1.5, ["initials"]) if same or near else (_DIFFERENT, [])
    if stand_for_each_other(word, other) and word != other:
        return max(min(rates.called(word), rates.called(other)) - 1.0, 0.5), ["name_variant"]
    if word.rstrip("aeiou") == other.rstrip("aeiou") and word != other and not foreign:
        return _DIFFERENT, []
    found = _alike(word, other, foreign)
    if found is None:
        return _DIFFERENT, []
    worth = min(rates.called(word), rates.called(other)) - found[0]
    return max(worth, 0.5), [found[1]] if found[1] else []
