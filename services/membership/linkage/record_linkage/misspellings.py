"""Misspelt generic words of institutions' names."""

from functools import lru_cache

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

from services.membership.linkage.record_linkage.institution_words import CANONICAL, GENERIC

_LONG = [word for word in GENERIC | set(CANONICAL) if len(word) >= 7]


@lru_cache(maxsize=32_768)
def mended(word: str) -> str:
    """The generic word that this one misspells, else the word itself."""
    if len(word) < 6 or word in GENERIC or not word.isascii():
        return word
    found = extractOne(word, _LONG, scorer=OSA.normalized_similarity, score_cutoff=0.8)
    return CANONICAL.get(found[0], found[0]) if found else word
