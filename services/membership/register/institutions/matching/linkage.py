"""How much of a name a text contains, whatever the order and the spelling of its words. Pure."""

from collections.abc import Sequence

from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import partial_ratio
from rapidfuzz.process import extract

from services.membership.linkage.record_linkage.institution_words import GENERIC
from services.membership.register.institutions.matching.candidates import Candidate
from services.membership.register.institutions.matching.texts import Affiliation, Words

_LIKE = 0.7
"""Words below this similarity are different words."""
_GENERIC_WEIGHT = 0.35
_SCATTERED = 0.97
"""The factor for a name whose words the text does not contain in sequence."""


class Linkage:
    """How much of a candidate's name a text contains, and how much of the text the name explains. One per text."""

    def __init__(self, said: Affiliation) -> None:
        self._text = said.text
        self._spans = [(span, f" {' '.join(span)} ", sum(map(_weight, span))) for span in said.spans]
        self._words = sorted({word for span in said.spans for word in span})
        self._known: dict[str, dict[str, float]] = {}

    def of(self, candidate: Candidate) -> tuple[float, Words]:
        """The score, 0 to 1, of the best name in the best span, whatever the order of words; and that name's words."""
        best: tuple[float, Words] = (0.0, ())
        for name in candidate.words:
            likes = [(_weight(word), self._like(word)) for word in name]
            whole = sum(weight for weight, _ in likes)
            joined = f" {' '.join(name)} "
            for span, text, said in self._spans:
                covers = _covers(likes, whole, span, said, candidate.places)
                best = max(best, (covers if joined in text else _SCATTERED * covers, name))
        return best

    def bound(self, candidate: Candidate) -> float:
        """An upper bound of `of` that is cheap to compute."""
        best = 0.0
        for name in candidate.words:
            found = whole = 0.0
            for word in name:
                weight = _weight(word)
                whole += weight
                if likes := self._like(word):
                    found += weight * max(likes.values())
            best = max(best, found / whole)
        return best

    def closeness(self, candidate: Candidate) -> float:
        """0 to 100: the similarity, by letters, of a name to a part of the text."""
        return max((partial_ratio(name["value"].lower(), self._text) for name in candidate.names), default=0.0)

    def goes_on(self, words: Words, candidate: Candidate) -> bool:
        """Whether one of its names has all these words and more, and the text has nearly all of the others."""
        return any(len(name) > len(words) and self._has_rest(list(words), name) for name in candidate.words)

    def _has_rest(self, words: list[str], name: Words) -> bool:
        rest = list(name)
        for word in words:
            if word not in rest:
                return False
            rest.remove(word)
        significant_words = [word for word in rest if word not in GENERIC]
        found = [word for word in rest if max(self._like(word).values(), default=0.0) >= _LIKE]
        return bool(significant_words) and len(found) == len(rest)

    def _like(self, word: str) -> dict[str, float]:
        """The text's words that are similar to this one, with their similarity."""
        known = self._known.get(word)
        if known is None:
            known = self._known[word] = likes_of(word, self._words)
        return known


def _covers(
    likes: Sequence[tuple[float, dict[str, float]]], whole: float, span: Words, said: float, places: frozenset[str]
) -> float:
    present: set[str] = set()
    found = 0.0
    for weight, like in likes:
        if not like:
            continue
        best, word = 0.0, ""
        for other in span:
            much = like.get(other, 0.0)
            if much > best:
                best, word = much, other
        if best:
            found += weight * best
            present.add(word)
    if not found:
        return 0.0
    explained = sum(_weight(word) for word in span if word in present or word in places)
    return float((found / whole) ** 0.75 * (explained / said) ** 0.25)


def likes_of(word: str, others: Sequence[str]) -> dict[str, float]:
    """The similarity, up to 1, of each of the others to the word, without those that are not a misspelling of it. A
    shortened word (three letters or more) is similar."""
    alike = extract(word, others, scorer=OSA.normalized_similarity, score_cutoff=_LIKE, limit=None)
    likes = {other: float(much) for other, much, _ in alike}
    return likes | {other: 0.85 for other in others if len(other) >= 3 and word.startswith(other) and word != other}


def _weight(word: str) -> float:
    return _GENERIC_WEIGHT if word in GENERIC else 1.0
