"""Pairs of records that may be one: their states and transitions, and the threshold of a pair."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias
from uuid import UUID

from services.membership.linkage.record_linkage.domain import Body, MatchScore, Person
from shared.kernel.lifecycle import Lifecycle, transition

Collection: TypeAlias = Literal["experts", "institutions"]
COLLECTIONS: tuple[Collection, ...] = ("experts", "institutions")
THRESHOLD = 0.6
"""The lowest score of a pair."""
_IDENTIFIERS = frozenset(("same_orcid", "same_email", "same_ror"))
MOST_SHOWN = 10
"""Most pairs in the response to a creation."""


@dataclass(frozen=True, slots=True)
class Found:
    """Two compared records of one collection, the smaller id first. `basis` is a digest of the compared values."""

    a: UUID
    b: UUID
    country_a: str
    country_b: str
    match_score: MatchScore
    basis: str


LIFECYCLE: Lifecycle[None] = Lifecycle(
    ("open", "dismissed", "merged"),
    (
        transition("dismiss", "open", "dismissed", reason_required=True),
        transition("reopen", "dismissed", "open", fact="reopened"),
    ),
)


def decided(match_score: MatchScore) -> MatchScore:
    """The match score, at least that of a pair if both have a common identifier, whatever their other values."""
    if _IDENTIFIERS.isdisjoint(match_score.reasons):
        return match_score
    return replace(match_score, score=max(match_score.score, THRESHOLD))


def pair(one: Person | Body, other: Person | Body, match_score: MatchScore) -> Found:
    """The pair of two compared persons or institutions, whose keys are ids."""
    first, second = sorted((one, other), key=lambda each: each.key.int)
    basis = digest((fingerprint(first), fingerprint(second)))
    return Found(first.key, second.key, first.country, second.country, match_score, basis)


def fingerprint(subject: Person | Body) -> str:
    """A digest of the compared values of a person or institution, independent of their order."""
    parts = [getattr(subject, name) for name in type(subject).__slots__ if name != "key"]
    return "\0".join(
        str(sorted(part, key=repr)) if isinstance(part, (frozenset, tuple)) else str(part) for part in parts
    )


def digest(texts: Iterable[str]) -> str:
    """A short digest of texts in their order."""
    return hashlib.blake2b("\1".join(texts).encode(), digest_size=12).hexdigest()
