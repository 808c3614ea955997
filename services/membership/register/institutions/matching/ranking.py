"""The score of each institution that an affiliation may mean. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from services.membership.linkage.record_linkage.institution_words import GENERIC, plain_words
from services.membership.register.institutions.matching.candidates import Candidate
from services.membership.register.institutions.matching.linkage import Linkage
from services.membership.register.institutions.matching.texts import Affiliation
from shared.kernel.text import fold

_NEAR = 0.85
"""The highest score of a trigram match: less than that of a proof."""
_WHOLE = 0.95
"""From this similarity a name counts as present, except for its spelling."""
_ABROAD = 0.15
"""The deduction for another country than that of the text or the caller."""
_CLOSE = 24
"""So many of the best candidates are scored in detail."""


class Match(NamedTuple):
    """The score of a candidate: 0 to 1, by `exact` name, `domain`, `alias` or `trigram`.

    `chosen` is true for the first candidate at most: it has more of the two proofs (an exact name, a domain) than any
    other, and nothing in the text contradicts it. If the text or the caller names a country, it is in that country, and
    so are the others that count.
    """

    candidate: Candidate
    score: float
    method: str
    chosen: bool = False


class _Scored(NamedTuple):
    """A candidate's match, its proofs, the words of its name in the text, and whether the text contains it
    literally."""

    match: Match
    proofs: int
    words: tuple[str, ...] = ()
    is_literal: bool = False


def rank(said: Affiliation, candidates: Sequence[Candidate], country: str | None = None) -> list[Match]:
    """The candidates, the best first; equal ones in the order of their keys."""
    known_domains = {domain for candidate in candidates for domain in candidate.domains} if said.hosts else set[str]()
    domains = {next((domain for domain in host if domain in known_domains), None) for host in said.hosts}
    named = said.countries | ({country} if country else frozenset())
    linkage = Linkage(said)
    close = _close(candidates, linkage)
    scored = [
        _score(said, candidate, domains, named, linkage if candidate.key in close else None) for candidate in candidates
    ]
    scored = _more_is_said(scored, linkage)
    scored.sort(key=lambda each: (-each.match.score, each.match.candidate.key))
    if not scored:
        return []
    scored = _closest_first(scored, linkage)
    first = scored[0].match._replace(chosen=_is_chosen(said, scored, named))
    return [first, *(each.match for each in scored[1:])]


def _closest_first(scored: list[_Scored], linkage: Linkage) -> list[_Scored]:
    """The candidates of the best score in the order of their similarity by letters."""
    ties = [each for each in scored if each.match.score == scored[0].match.score]
    if len(ties) > 1:
        ties.sort(key=lambda each: -linkage.closeness(each.match.candidate))
    return [*ties, *scored[len(ties) :]]


def _close(candidates: Sequence[Candidate], linkage: Linkage) -> set[Any]:
    if len(candidates) <= _CLOSE:
        return {candidate.key for candidate in candidates}
    bounds = sorted(((linkage.bound(one), one.key) for one in candidates), reverse=True)
    return {key for _, key in bounds[:_CLOSE]}


def _score(
    said: Affiliation,
    candidate: Candidate,
    domains: set[str | None],
    named: frozenset[str],
    linkage: Linkage | None,
) -> _Scored:
    exact: list[Mapping[str, Any]] = []
    if not said.names.isdisjoint(candidate.name_keys):
        exact = [name for name, key in zip(candidate.full, candidate.name_keys, strict=True) if key in said.names]
    is_literal = any(fold(name["value"]) in said.literal for name in exact)
    domain = not domains.isdisjoint(candidate.domains)
    near, words = linkage.of(candidate) if linkage else (0.0, ())
    score, method = _NEAR * near, "trigram"
    if short := _short(said, candidate, named):
        score, method = max((score, method), (short + 0.05 * near, "alias"))
    if domain:
        score, method = 0.94 + 0.04 * near, "domain"
    if exact:
        score, method = 1.0 if domain else 0.99 if is_literal else 0.98, "exact"
        if all("former" in name["types"] for name in exact):
            score -= 0.02
    if named and candidate.country not in named:
        score -= _ABROAD
    match = Match(candidate, round(max(score, 0.0), 4), method)
    if exact:
        words = max((plain_words(name["value"]) for name in exact), key=len)
    return _Scored(match, bool(exact) + domain, words if exact or near >= _WHOLE else (), is_literal)


def _short(said: Affiliation, candidate: Candidate, named: frozenset[str]) -> float:
    """The score of a short form, at most 0.9; 0 if the text has none."""
    if not candidate.shorts.isdisjoint(said.shorts):
        return 0.9
    label, initials = (not found.isdisjoint(said.shorts) for found in (candidate.labels, candidate.initials))
    if not (label or initials):
        return 0.0
    here = candidate.country in named or not candidate.places.isdisjoint(said.words)
    return (0.78 if here else 0.7) + 0.06 * (label and initials)


def _more_is_said(scored: list[_Scored], linkage: Linkage) -> list[_Scored]:
    """Ranks a name below that of another candidate which continues it, if the text does too: `University of London`
    below `Birkbeck College, University of London`."""
    lowered: dict[int, float] = {}
    for short in (each for each in scored if each.words):
        for other in scored:
            if other.match.score > 0.5 and other is not short and linkage.goes_on(short.words, other.match.candidate):
                bound = lowered.get(id(short), short.match.score)
                lowered[id(short)] = min(bound, other.match.score - 0.01)
    return [
        each
        if id(each) not in lowered
        else each._replace(match=each.match._replace(score=round(max(lowered[id(each)], 0.0), 4)), proofs=0)
        for each in scored
    ]


def _is_chosen(said: Affiliation, scored: Sequence[_Scored], named: frozenset[str]) -> bool:
    best, *others = scored
    rivals = [each for each in others if not named or each.match.candidate.country in named]
    if best.proofs <= max((each.proofs for each in rivals), default=0):
        return False
    if named and best.match.candidate.country not in named:
        return False
    if best.proofs == 2 or best.match.method == "domain":
        return True
    return not (_is_vague(best, named) or _has_twin(best, rivals) or _names_another(said, best))


def _is_vague(best: _Scored, named: frozenset[str]) -> bool:
    """Whether the name has no significant word and no country is named."""
    return not named and all(word in GENERIC for word in best.words)


def _has_twin(best: _Scored, rivals: Sequence[_Scored]) -> bool:
    """Whether another candidate has the same words in another order, and the text does not contain the name
    literally."""
    words = sorted(best.words)
    return not best.is_literal and any(
        sorted(plain_words(name["value"])) == words for each in rivals for name in each.match.candidate.names
    )


def _names_another(said: Affiliation, best: _Scored) -> bool:
    """Whether a further segment names another institution."""
    return any(not set(head) <= set(best.words) and not set(best.words) <= set(head) for head in said.heads)
