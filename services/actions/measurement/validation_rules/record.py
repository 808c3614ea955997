"""A rule by which results are validated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, TypedDict
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Country, Example, Fixed, Internal, Public, Record, Searched, Texts, Titles, Written


class Term(TypedDict):
    """The number of an indicator, by its code or id, times a factor in decimal text."""

    indicator: str
    dimensions: Mapping[str, str]
    period: str
    factor: str


class Side(TypedDict):
    """A sum of terms and a constant in decimal text."""

    terms: Sequence[Term]
    constant: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationRule(Record):
    """A rule of a framework, which belongs to no country, or of one country. `indicator_ids`: the indicators of the
    terms, those of `left` first, in their order."""

    resource_type = Resource("actions", "validation_rules", "validation_rule")

    country: Annotated[  # type: ignore[assignment]
        str | None, Public, Written, Country, Fixed, "The country of a national rule; null for one of a framework."
    ]
    code: Annotated[
        str,
        Public,
        Written,
        Fixed,
        Searched,
        Example("FOREST-IN-LAND"),
        "The code, by which results name the rule. It never changes.",
    ]
    framework: Annotated[
        str | None, Public, Written, Fixed, Example("3+1/2026"), "The code of the framework; null for a national rule."
    ]
    titles: Annotated[Texts, Public, Written, Searched, Titles, "The titles, by language."]
    instruction: Annotated[Texts, Public, Written, "What is expected of a result, by language."]
    severity: Annotated[
        str, Public, Written, Example("error"), "Whether a violation blocks `submit`, or `approve` until acknowledged."
    ]
    left: Annotated[Side, Public, Written, "What is compared."]
    operator: Annotated[
        str, Public, Written, Example("less_than_or_equal_to"), "How the sides compare in a valid result."
    ]
    right: Annotated[Side, Public, Written, "What it is compared with."]
    missing: Annotated[str, Public, Written, Example("skip_if_any"), "What applies if terms have no number."]
    tolerance: Annotated[Decimal | None, Public, Written, "By how much the sides may differ from the comparison."]
    indicator_ids: Annotated[list[UUID], Internal]
    search_key: Annotated[str, Internal]
