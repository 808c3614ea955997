"""How alike two records are."""

from dataclasses import dataclass

REASONS = (
    "same_orcid", "same_ror", "same_email", "same_domain", "same_name", "same_family_name", "same_given_name",
    "name_order", "initials", "transliteration", "name_variant", "acronym", "same_affiliation", "same_country",
)  # fmt: skip
"""Codes of what may agree."""


@dataclass(frozen=True, slots=True)
class MatchScore:
    """`score` 0 to 1; `reasons` are codes of what agrees."""

    score: float
    reasons: tuple[str, ...]
