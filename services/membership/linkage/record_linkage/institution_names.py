"""The look-up keys of a name: its plain words, its short forms, its words with one letter off. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from services.membership.linkage.record_linkage.institution_words import GENERIC, SMALL, plain_words
from shared.kernel.text import fold

ACRONYM = re.compile(r"\b[^\W\d_a-z][^\W_a-z]{1,11}\b")
_PARENTHESES = re.compile(r"\(([^()]*)\)")
_WORD = re.compile(r"[^\W_]+")
_ELIDED = re.compile(r"\b[dl]['’]", re.IGNORECASE)
_LENGTHS = range(2, 13)
"""Letters of a short form."""
_SHARED_LABELS = frozenset(["ac", "co", "com", "edu", "gob", "gov", "gouv", "net", "org", "sch", "univ", "www"])
_MISTYPED_FROM = 4
"""Shorter words have too many others with one letter off."""


def name_key(value: str) -> str:
    """The plain words of a name, in order: the key of an exact name."""
    return " ".join(plain_words(value))[:500]


def match_key(names: Sequence[Mapping[str, Any]]) -> str:
    """The significant words of all names, each once; all words of a name without a significant one."""
    words: dict[str, None] = {}
    for name in names:
        plain = plain_words(name["value"])
        words |= dict.fromkeys([word for word in plain if word not in GENERIC] or plain)
    return " ".join(words)


def one_letter_off(word: str) -> list[str]:
    """The word and its forms without one letter. Two words have one of these in common if they differ by a missing,
    extra, wrong or swapped letter."""
    if len(word) < _MISTYPED_FROM:
        return [word]
    return list(dict.fromkeys((word, *(word[:n] + word[n + 1 :] for n in range(len(word))))))


def short_forms(name: Mapping[str, Any]) -> set[str]:
    """Acronyms and aliases as written, text in parentheses, and the initials of a name of two words or more."""
    return set(_short_forms(name["value"], "acronym" in name["types"], "alias" in name["types"]))


@lru_cache(maxsize=65_536)
def _short_forms(value: str, is_acronym: bool, is_alias: bool) -> frozenset[str]:
    forms = {fold(part) for part in _PARENTHESES.findall(value) if ACRONYM.fullmatch(part.strip())}
    if is_acronym or is_alias:
        forms.add(fold(value)[:500])
    if not is_acronym:
        forms |= initials(value)
    return frozenset(forms - {""})


@lru_cache(maxsize=65_536)
def initials(value: str) -> frozenset[str]:
    """First letters of a name's words: with and without small words and text in parentheses, words with hyphens and
    apostrophes as one and as several."""
    found = set()
    for text in {value, _PARENTHESES.sub(" ", value)}:
        whole = [fold(part) for part in text.split()]
        divided = [fold(word) for word in _WORD.findall(text)]
        elided = [fold(word) for word in _WORD.findall(_ELIDED.sub("", text))]
        for words in (whole, divided, elided):
            found.add("".join(word[:1] for word in words))
            found.add("".join(word[:1] for word in words if word not in SMALL))
        found.add("".join(word[:1] for word in divided if len(word) == 1 or word not in SMALL))
        found.add("".join(fold(part)[:1] for part in text.split() if part[:1].isupper()))
    return frozenset(letters for letters in found if len(letters) in _LENGTHS)


def labels(domains: Iterable[str]) -> set[str]:
    """The significant label of each domain: `mit` of mit.edu, `unibe` of unibe.ch."""
    return {label for domain in domains if (label := _label(domain))}


@lru_cache(maxsize=65_536)
def _label(domain: str) -> str:
    significant_words = [label for label in domain.split(".")[:-1] if label not in _SHARED_LABELS]
    return fold(significant_words[-1]) if significant_words and len(significant_words[-1]) in _LENGTHS else ""
