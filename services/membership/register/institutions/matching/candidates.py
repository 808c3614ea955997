"""A candidate for matching, with values derived once, since many texts may name it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from services.membership.linkage.record_linkage.institution_names import labels, name_key, short_forms
from services.membership.linkage.record_linkage.institution_words import plain_words
from shared.kernel.text import fold


@dataclass(frozen=True)
class Candidate:
    """A candidate. `names` as in ROR schema 2.1."""

    key: Any
    country: str
    names: Sequence[Mapping[str, Any]]
    domains: Sequence[str]
    locations: Sequence[Mapping[str, Any]] = ()

    @cached_property
    def full(self) -> Sequence[Mapping[str, Any]]:
        """The names that are not short forms."""
        return [name for name in self.names if {"acronym", "alias"}.isdisjoint(name["types"])]

    @cached_property
    def name_keys(self) -> Sequence[str]:
        """The look-up key of each full name, in their order."""
        return [name_key(name["value"]) for name in self.full]

    @cached_property
    def shorts(self) -> frozenset[str]:
        """The short forms among its names."""
        return frozenset(fold(name["value"]) for name in self.names if name not in self.full)

    @cached_property
    def labels(self) -> frozenset[str]:
        """The significant labels of its domains."""
        return frozenset(labels(self.domains))

    @cached_property
    def initials(self) -> frozenset[str]:
        """The short forms derived from its full names."""
        return frozenset[str]().union(*map(short_forms, self.full))

    @cached_property
    def words(self) -> Sequence[tuple[str, ...]]:
        """The plain words of each name, without empty ones."""
        return [words for name in self.names if (words := plain_words(name["value"]))]

    @cached_property
    def places(self) -> frozenset[str]:
        """The words of its cities and subdivisions."""
        parts = [place.get(part) for place in self.locations for part in ("city", "subdivision")]
        return frozenset(word for part in parts if part for word in _words(part))


@lru_cache(maxsize=16_384)
def _words(text: str) -> tuple[str, ...]:
    return tuple(fold(text).split())
