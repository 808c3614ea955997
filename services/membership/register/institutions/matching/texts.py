"""A parsed affiliation: what its segments name, and the terms to look up. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, product
from typing import TypeAlias, TypeVar

from services.membership.linkage.record_linkage.institution_names import ACRONYM
from services.membership.linkage.record_linkage.institution_words import (
    AMBIGUOUS,
    GENERIC,
    UNITS,
    country_names,
    plain_words,
)
from services.membership.linkage.record_linkage.misspellings import mended
from shared.kernel.text import fold

LONGEST = 500
"""Characters of an affiliation that are read."""
_TERMS = 8
_SEGMENTS = 12
_RUN = 4
"""Most neighbouring segments that make one name."""
_READINGS = 4
_SEPARATOR = re.compile(r"[,;:()\[\]\n\r\t/|]+|\s[-–—]\s")
_INSIDE = re.compile(r"\(([^()]*)\)")
_EMAIL = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")
_URL = re.compile(r"(?:https?://|\bwww\.)([\w-]+(?:\.[\w-]+)+)\S*", re.IGNORECASE)
_LABEL = re.compile(r"\b(?:e-?mail|electronic address)\b[.:]?", re.IGNORECASE)
_HEADS = frozenset({"university", "polytechnic"})
_HEADS_BEHIND = frozenset({"college", "academy"})
"""`College of …` is often a part of a university; `… College` is an institution."""
Words: TypeAlias = tuple[str, ...]
Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class Affiliation:
    """A parsed text in lower case.

    `spans`: the words of each segment and of neighbouring ones; `names`: the same as look-up keys, with `literal` as
    written; `terms`: significant words; `heads`: segments that name an institution.
    """

    text: str
    spans: tuple[Words, ...]
    names: frozenset[str]
    literal: frozenset[str]
    hosts: tuple[tuple[str, ...], ...]
    shorts: frozenset[str]
    terms: tuple[str, ...]
    words: frozenset[str]
    countries: frozenset[str]
    heads: tuple[Words, ...]


def take_apart(text: str) -> Affiliation:
    """Parses the first 500 characters of an affiliation."""
    text = text[:LONGEST]
    hosts = [host.lower().removeprefix("www.") for pattern in (_EMAIL, _URL) for host in pattern.findall(text)]
    bare = _LABEL.sub(" ; ", _URL.sub(" ; ", _EMAIL.sub(" ; ", text)))
    pieces = [(piece, key) for piece in _SEPARATOR.split(bare) if (key := fold(piece))][:_SEGMENTS]
    every = [plain_words(piece) for piece, _ in pieces]
    folded = [key for _, key in pieces]
    places = [country_names().get(piece) for piece in folded]
    segments = [words for words, place in zip(every, places, strict=True) if place is None] or every
    runs = dict.fromkeys(_joined(run) for run in _runs(segments, 2))
    runs |= dict.fromkeys(
        _joined([every[n] for n in run])
        for run in _runs(range(len(every)), _RUN)
        if len(run) > 1 or places[run[0]] is None or len(every) == 1
    )
    words = frozenset(" ".join(folded).split()).union(*every)
    right = [tuple(map(mended, segment)) for segment in segments]
    return Affiliation(
        text=text.lower(),
        spans=tuple(dict.fromkeys(tuple(map(mended, run)) for run in runs)),
        names=frozenset([name for run in runs for name in _readings(run)]),
        literal=frozenset(" ".join(run) for run in _runs(folded, _RUN)),
        hosts=tuple(tuple(_suffixes(host)) for host in dict.fromkeys(hosts)),
        shorts=_shorts(bare, folded, places),
        terms=_terms(right),
        words=words,
        countries=frozenset(place for place in places if place),
        heads=tuple(filter(_is_head, right)),
    )


def _runs(parts: Sequence[Part], longest: int) -> Iterator[Sequence[Part]]:
    """Neighbouring parts, up to `longest`, and all of them."""
    lengths = dict.fromkeys([*range(1, min(longest, len(parts)) + 1), len(parts)] if parts else [])
    for length in lengths:
        for start in range(len(parts) - length + 1):
            yield parts[start : start + length]


def _joined(run: Iterable[Words]) -> Words:
    return tuple(chain.from_iterable(run))


def _readings(run: Words) -> Iterator[str]:
    """The run as a name, in each meaning of its ambiguous abbreviations."""
    if AMBIGUOUS.keys().isdisjoint(run):
        yield " ".join(run)[:500]
        return
    choices = product(*(AMBIGUOUS.get(word, (word,)) for word in run))
    for reading, _ in zip(choices, range(_READINGS), strict=False):
        yield " ".join(reading)[:500]


def _shorts(bare: str, folded: Sequence[str], places: Sequence[str | None]) -> frozenset[str]:
    """Possible short forms: words in capitals and whole segments. Two letters count only in parentheses or without
    other text, since in an address they are a province."""
    said = [piece for piece, place in zip(folded, places, strict=True) if place is None] or list(folded)
    found = {*said, *(fold(word) for word in ACRONYM.findall(bare))}
    inside = {fold(part) for part in _INSIDE.findall(bare)}
    return frozenset(short for short in found if len(short) > 2 or len(said) == 1 or short in inside)


def _is_head(words: Words) -> bool:
    is_one = not _HEADS.isdisjoint(words) or not _HEADS_BEHIND.isdisjoint(words[1:])
    return is_one and not GENERIC.issuperset(words)


def _suffixes(host: str) -> list[str]:
    """The host and its parent domains, the longest first."""
    parts = host.split(".")
    return [".".join(parts[start:]) for start in range(len(parts) - 1)]


def _terms(segments: Iterable[Words]) -> tuple[str, ...]:
    """Significant words; a segment without any is used as a whole. Those of departments only if there are no others."""
    terms: tuple[dict[str, None], dict[str, None]] = ({}, {})
    for words in segments:
        significant_words = [word for word in words if word not in GENERIC and (len(word) > 2 or not word.isascii())]
        found = significant_words or ([" ".join(words)] if len(words) > 1 else [])
        terms[words[0] in UNITS].update(dict.fromkeys(found))
    return tuple(terms[0] or terms[1])[:_TERMS]
