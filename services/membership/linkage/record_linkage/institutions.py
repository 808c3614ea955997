"""The match score of two institutions: by ROR id, domain, names in their canonical words, and place. Pure."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from rapidfuzz.distance import OSA

from services.membership.linkage.record_linkage.domain import Body, MatchScore, Words
from services.membership.linkage.record_linkage.institution_names import initials
from services.membership.linkage.record_linkage.institution_words import GENERIC, country_names, plain_words
from services.membership.linkage.record_linkage.misspellings import mended
from shared.kernel.text import fold

_DIRECTION = re.compile(r"north|south|east|west|central|nord|sud|ost|oriental|occidental")
_LONG = 6
"""Shorter words do not count as misspelt."""


def body_of(row: Mapping[str, Any]) -> Body:
    """The institution of a row with id, names, domains, locations, ror and country."""
    key = row["id"] if isinstance(row["id"], UUID) else UUID(row["id"])
    names, shorts = set(), set()
    for name in row["names"]:
        words = tuple(map(mended, plain_words(name["value"])))
        if "acronym" in name["types"] or (len(words) == 1 and len(name["value"]) <= 6 and name["value"].isupper()):
            shorts.add(fold(name["value"]).replace(" ", ""))
        else:
            names.add(words)
            shorts |= initials(name["value"])
    places = {word for place in row["locations"] for part in ("city", "subdivision") for word in _folded(place, part)}
    places |= _country_words(row["country"])
    ordered = tuple(sorted(names, key=lambda words: (-len(words), words))[:8])
    domains = frozenset(row["domains"])
    return Body(key, row["country"], ordered, frozenset(shorts), domains, row["ror"], frozenset(places))


def _folded(place: Mapping[str, Any], part: str) -> Sequence[str]:
    return fold(place.get(part) or "").split()


@lru_cache(maxsize=512)
def _country_words(code: str) -> frozenset[str]:
    return frozenset(word for name, known in country_names().items() if known == code for word in name.split())


def compare(one: Body, other: Body) -> MatchScore:
    """The match score of two institutions, with reasons."""
    if one.ror and other.ror:
        return MatchScore(1.0, ("same_ror",)) if one.ror == other.ror else MatchScore(0.0, ())
    likes = [_like(a, one.places, b, other.places) for a in one.names for b in other.names]
    named, reason = max(likes, default=(0.0, ""))
    if named < 0.6 and _is_short_of(one, other):
        named, reason = 0.6, "acronym"
    if not reason:
        return MatchScore(0.0, ())
    reasons, score = [reason], named
    if one.domains & other.domains or (reason == "same_name" and _near_domains(one, other)):
        score = 1 - (1 - score) * 0.3
        reasons.append("same_domain")
    elif one.domains and other.domains and not _near_domains(one, other):
        score *= 0.8 if reason == "same_name" else 0.6
    if one.country == other.country:
        reasons.append("same_country")
    else:
        score *= 0.9 if "same_domain" in reasons else 0.55
    return MatchScore(round(score, 3), tuple(reasons))


def _near_domains(one: Body, other: Body) -> bool:
    """Whether a domain of one is a subdomain of one of the other, as campuses have."""
    return any(a == b or a.endswith(f".{b}") or b.endswith(f".{a}") for a in one.domains for b in other.domains)


def _is_short_of(one: Body, other: Body) -> bool:
    """Whether one has only a name of letters that are the initials, or an acronym, of the other."""
    return any(not mine.names and mine.shorts & others.shorts for mine, others in ((one, other), (other, one)))


def _like(mine: Words, my_places: frozenset[str], others: Words, their_places: frozenset[str]) -> tuple[float, str]:
    """The similarity of two names, whatever the order. A word that only one has counts little if it is a place of the
    other; a significant word, or a kind of institution, on both sides makes them different."""
    if mine == others or "".join(mine) == "".join(others):
        return 0.98, "same_name"
    only_mine, only_theirs, lost = _match(mine, others)
    if not {*mine} - {*only_mine} - GENERIC:
        return 0.0, ""
    only_mine = [word for word in only_mine if word not in their_places or word != mine[-1]]
    only_theirs = [word for word in only_theirs if word not in my_places or word != others[-1]]
    if (only_mine and only_theirs) or len(only_mine) + len(only_theirs) > 1:
        return 0.0, ""
    if len(mine) == len(others) and not lost and not only_mine and not only_theirs:
        return 0.82, "name_order"
    placed = abs(len(mine) - len(others)) - len(only_mine) - len(only_theirs)
    return 0.96 - 0.6 * lost - 0.06 * max(placed, 0) - 0.4 * len(only_mine + only_theirs), "name_variant"


def _match(mine: Words, others: Words) -> tuple[list[str], list[str], float]:
    """The words without a similar one in the other name, of each side, and the loss from words that are not equal."""
    left, rest, lost = [], list(others), 0.0
    for word in mine:
        closeness, near = max(((_alike(word, each), each) for each in rest), default=(0.0, ""))
        if closeness:
            rest.remove(near)
            lost += 1 - closeness
        else:
            left.append(word)
    return left, rest, lost


def _alike(word: str, other: str) -> float:
    """1 for the same word, less for one or two wrong letters; 0 for another word."""
    if word == other:
        return 1.0
    shortest = min(len(word), len(other))
    if shortest < _LONG or {word, other} & GENERIC or _DIRECTION.match(word) or _DIRECTION.match(other):
        return 0.0
    allowed = 2 if shortest > 10 else 1
    distance = int(OSA.distance(word, other, score_cutoff=allowed))
    return 1 - distance / len(word) if distance <= allowed else 0.0
