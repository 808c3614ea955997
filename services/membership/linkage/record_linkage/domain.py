"""The compared values of two records, and their match score."""

from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from services.membership.linkage.record_linkage.names import Name

Words: TypeAlias = tuple[str, ...]

REASONS = (
    "same_account", "same_orcid", "same_ror", "same_email", "same_domain", "same_name", "same_family_name",
    "same_given_name",
    "name_order", "initials", "transliteration", "name_variant", "acronym", "same_affiliation", "same_country",
)  # fmt: skip
"""Codes of values that may agree."""


@dataclass(frozen=True, slots=True)
class MatchScore:
    """`score` 0 to 1; `reasons` are codes of the values that agree."""

    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """The compared values of an expert. `works`: folded names, or ids, of the institutions of its affiliations."""

    key: UUID
    country: str
    names: tuple[Name, ...]
    emails: frozenset[str] = frozenset()
    orcid: str | None = None
    works: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Body:
    """The compared values of an institution. `names` are canonical words in order, the longest first; `shorts` acronyms
    and initials; `places` words of its cities, subdivisions and country."""

    key: UUID
    country: str
    names: tuple[Words, ...]
    shorts: frozenset[str]
    domains: frozenset[str]
    ror: str | None
    places: frozenset[str]
