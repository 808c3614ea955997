"""Which institution an affiliation means: what to look up, and how sure each candidate is. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from rapidfuzz.distance import OSA

from services.membership.institutions.words import GENERIC, UNITS, country_names, mended, plain_words
from shared.kernel.text import fold

LONGEST = 500
"""Characters of an affiliation that is looked at."""
_TERMS = 8
_SEGMENTS = 12
_SEPARATOR = re.compile(r"[,;:()\[\]\n\r\t/|]+|\s[-–—]\s")
_EMAIL = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")
_URL = re.compile(r"(?:https?://|\bwww\.)([\w-]+(?:\.[\w-]+)+)\S*", re.IGNORECASE)
_LABEL = re.compile(r"\b(?:e-?mail|electronic address)\b[.:]?", re.IGNORECASE)
_ACRONYM = re.compile(r"\b[^\W\d_a-z][^\W_a-z]{1,9}\b")
_PARENTHESES = re.compile(r"\(([^()]*)\)")
_LIKE = 0.7
"""Words below this likeness are different words."""
_GENERIC_WEIGHT = 0.35
_SCATTERED = 0.97
"""What it takes off that a name's words do not stand together as they are."""
_NEAR = 0.85
"""What the best trigram match can score: never as much as a proof."""


@dataclass(frozen=True, slots=True)
class Affiliation:
    """A text taken apart. `spans`: the words of each segment and of neighbouring segments; `terms`: what tells."""

    spans: tuple[tuple[str, ...], ...]
    names: tuple[str, ...]
    hosts: tuple[tuple[str, ...], ...]
    shorts: frozenset[str]
    terms: tuple[str, ...]
    words: frozenset[str]
    countries: frozenset[str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An institution that may be meant. `names` as in ROR schema 2.1."""

    key: Any
    country: str
    names: Sequence[Mapping[str, Any]]
    domains: Sequence[str]
    locations: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """How sure a candidate is: 0 to 1, by `exact` name, `domain`, `alias` or `trigram`.

    `chosen` is true for the first candidate at most: it holds more of the two proofs (an exact name, a domain) than
    any other. Where the text or the caller names a country, it lies there, and so do the others that count.
    """

    candidate: Candidate
    score: float
    method: str
    chosen: bool = False


def name_key(value: str) -> str:
    """Plain words of a name, in order: what is called an exact name."""
    return " ".join(plain_words(value))[:500]


def match_key(names: Sequence[Mapping[str, Any]]) -> str:
    """The telling words of all names, each once; all words of a name that has no telling one."""
    words: dict[str, None] = {}
    for name in names:
        plain = plain_words(name["value"])
        words |= dict.fromkeys([word for word in plain if word not in GENERIC] or plain)
    return " ".join(words)


def short_forms(name: Mapping[str, Any]) -> set[str]:
    """Acronyms and aliases as they are given, what stands in parentheses, and the initials of a longer name."""
    value, inside = name["value"], _PARENTHESES.findall(name["value"])
    forms = {fold(part) for part in inside if _ACRONYM.fullmatch(part.strip())}
    if "acronym" in name["types"] or "alias" in name["types"]:
        forms.add(fold(value)[:500])
    if "acronym" not in name["types"]:
        forms |= initials(value)
    return forms - {""}


@lru_cache(maxsize=8_192)
def initials(value: str) -> frozenset[str]:
    """First letters of a name of three words or more, with and without the small ones."""
    bare = _PARENTHESES.sub(" ", value)
    found = {"".join(word[0] for word in words) for words in (plain_words(bare), fold(bare).split())}
    return frozenset(letters for letters in found if 3 <= len(letters) <= 10)


def take_apart(text: str) -> Affiliation:
    """What an affiliation says, of its first 500 characters."""
    text = text[:LONGEST]
    hosts = [host.lower().removeprefix("www.") for pattern in (_EMAIL, _URL) for host in pattern.findall(text)]
    bare = _LABEL.sub(" ; ", _URL.sub(" ; ", _EMAIL.sub(" ; ", text)))
    pieces = [piece for piece in _SEPARATOR.split(bare) if fold(piece)][:_SEGMENTS]
    segments = [plain_words(piece) for piece in pieces]
    places = [country_names().get(fold(piece)) for piece in pieces]
    if len(segments) > 1:
        segments = [words for words, place in zip(segments, places, strict=True) if place is None] or segments
    given = dict.fromkeys((*segments, *(first + second for first, second in pairwise(segments))))
    spans = dict.fromkeys(tuple(map(mended, span)) for span in given)
    shorts = {fold(piece) for piece in pieces} | {fold(word) for word in _ACRONYM.findall(bare)}
    return Affiliation(
        spans=tuple(spans),
        names=tuple(" ".join(span)[:500] for span in given),
        hosts=tuple(tuple(_suffixes(host)) for host in dict.fromkeys(hosts)),
        shorts=frozenset(shorts),
        terms=_terms([tuple(map(mended, segment)) for segment in segments]),
        words=frozenset(fold(bare).split()).union(*segments),
        countries=frozenset(place for place in places if place),
    )


def _suffixes(host: str) -> list[str]:
    """The host and the domains above it, the longest first."""
    labels = host.split(".")
    return [".".join(labels[start:]) for start in range(len(labels) - 1)]


def _terms(segments: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Telling words; a segment without any goes in as a whole. Those of departments only where nothing else tells."""
    terms: tuple[dict[str, None], dict[str, None]] = ({}, {})
    for words in segments:
        telling = [word for word in words if word not in GENERIC and (len(word) > 2 or not word.isascii())]
        found = telling or ([" ".join(words)] if len(words) > 1 else [])
        terms[words[0] in UNITS].update(dict.fromkeys(found))
    return tuple(terms[0] or terms[1])[:_TERMS]


def rank(said: Affiliation, candidates: Sequence[Candidate], country: str | None = None) -> list[Match]:
    """The candidates, the surest first; equal ones in the order of their keys."""
    held = {domain for candidate in candidates for domain in candidate.domains}
    domains = {next((domain for domain in host if domain in held), None) for host in said.hosts}
    named = said.countries | ({country} if country else frozenset())
    likeness = _Likeness(said)
    judged = [_judge(said, candidate, domains, named, likeness) for candidate in candidates]
    judged.sort(key=lambda each: (-each[0].score, str(each[0].candidate.key)))
    if not judged:
        return []
    best, proofs = judged[0]
    rivals = [count for match, count in judged[1:] if not named or match.candidate.country in named]
    chosen = proofs > max(rivals, default=0) and (not named or best.candidate.country in named)
    first = Match(best.candidate, best.score, best.method, chosen)
    return [first, *(match for match, _ in judged[1:])]


def _judge(
    said: Affiliation,
    candidate: Candidate,
    domains: set[str | None],
    named: frozenset[str],
    likeness: "_Likeness",
) -> tuple[Match, int]:
    """The candidate's match, and how many of the two proofs it holds."""
    full = [name for name in candidate.names if not {"acronym", "alias"} & set(name["types"])]
    alias = {fold(name["value"]) for name in candidate.names if name not in full}
    exact = any(name_key(name["value"]) in said.names for name in full)
    domain = any(each in domains for each in candidate.domains)
    near = likeness.of(candidate)
    score, method = _NEAR * near, "trigram"
    if forms := said.shorts.intersection(*[set().union(*(short_forms(name) for name in candidate.names))]):
        here = candidate.country in named or bool(said.words & _places(candidate))
        worth = 0.9 if forms & alias else 0.78 if here else 0.7
        score, method = max((score, method), (worth + 0.05 * near, "alias"))
    if domain:
        score, method = 0.94 + 0.04 * near, "domain"
    if exact:
        literal = any(fold(name["value"]) in said.shorts for name in full)
        score, method = 1.0 if domain else 0.99 if literal else 0.98, "exact"
    if named and candidate.country not in named:
        score -= 0.15
    return Match(candidate, round(max(score, 0.0), 4), method), exact + domain


def _places(candidate: Candidate) -> set[str]:
    """The words of its cities and subdivisions."""
    parts = (place.get(part) for place in candidate.locations for part in ("city", "subdivision"))
    return {word for part in parts if part for word in fold(part).split()}


class _Likeness:
    """How much of a candidate's name stands in a text, and how much of the text it explains. One per text."""

    def __init__(self, said: Affiliation) -> None:
        self._spans = said.spans
        self._texts = {span: f" {' '.join(span)} " for span in said.spans}
        self._words = sorted({word for span in said.spans for word in span})
        self._known: dict[str, dict[str, float]] = {}

    def of(self, candidate: Candidate) -> float:
        """0 to 1, the best over its names and the text's spans, whatever the order of words."""
        places = _places(candidate)
        names = [words for name in candidate.names if (words := plain_words(name["value"]))]
        return max((self._covers(name, span, places) for name in names for span in self._spans), default=0.0)

    def _covers(self, name: tuple[str, ...], span: tuple[str, ...], places: set[str]) -> float:
        present: set[str] = set()
        found = whole = 0.0
        for word in name:
            weight = _weight(word)
            whole += weight
            likes = self._like(word)
            best = max(((likes[other], other) for other in span if other in likes), default=None)
            if best is not None:
                found += weight * best[0]
                present.add(best[1])
        if not found:
            return 0.0
        explained = sum(_weight(word) for word in span if word in present or word in places)
        said = sum(map(_weight, span))
        covers = float((found / whole) ** 0.75 * (explained / said) ** 0.25)
        return covers if f" {' '.join(name)} " in self._texts[span] else _SCATTERED * covers

    def _like(self, word: str) -> dict[str, float]:
        """The text's words that are like this one, with how much."""
        known = self._known.get(word)
        if known is None:
            likes = ((other, word_likeness(word, other)) for other in self._words)
            known = self._known[word] = {other: much for other, much in likes if much}
        return known


def word_likeness(word: str, other: str) -> float:
    """0 to 1; 0 below what counts as the same word misspelt. A word cut short (three letters or more) is like it."""
    if word == other:
        return 1.0
    if len(other) >= 3 and word.startswith(other):
        return 0.85
    return max(OSA.normalized_similarity(word, other, score_cutoff=_LIKE), 0.0)


def _weight(word: str) -> float:
    return _GENERIC_WEIGHT if word in GENERIC else 1.0
