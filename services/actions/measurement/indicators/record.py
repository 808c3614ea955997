"""An indicator."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, NotRequired, TypedDict
from uuid import UUID

from services.actions.classification.schemes.record import Tag
from shared.kernel.resource import Resource
from shared.records.record import (
    Country,
    Example,
    Fixed,
    Internal,
    Line,
    Public,
    Record,
    Refers,
    Searched,
    Texts,
    Titles,
    Written,
)


class Unit(TypedDict):
    """The unit of a number."""

    code: str
    label: str


class ScaleCode(TypedDict):
    """A value of a scale."""

    code: str
    titles: Texts
    order: int


class DimensionCode(TypedDict):
    """A part of a dimension."""

    code: str
    titles: Texts


class Dimension(TypedDict):
    """What a result is divided by: its own codes, or those of a scheme."""

    key: str
    titles: Texts
    codes: NotRequired[Sequence[DimensionCode]]
    scheme: NotRequired[str]
    required: bool
    exhaustive: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator(Record):
    """An indicator of a framework, which belongs to no country, or of one country."""

    resource_type = Resource("actions", "indicators", "indicator")

    country: Annotated[  # type: ignore[assignment]
        str | None, Public, Written, Country, Fixed, "The country of a national indicator; null for one of a framework."
    ]
    code: Annotated[
        str,
        Public,
        Written,
        Fixed,
        Searched,
        Example("SOIL-1"),
        "The code, by which imports name the indicator. It never changes.",
    ]
    titles: Annotated[Texts, Public, Written, Searched, Titles, "The titles, by language."]
    definition: Annotated[Texts, Public, Written, "What exactly is measured, by language."]
    framework: Annotated[
        str | None,
        Public,
        Written,
        Fixed,
        Example("3+1/2026"),
        "The code of the framework; null for a national indicator.",
    ]
    level: Annotated[
        str,
        Public,
        Written,
        Example("outcome"),
        "What is measured: an output, an outcome, an impact, or something else.",
    ]
    measure: Annotated[
        str, Public, Written, Example("unit"), "What its values are: numbers, codes of a scale, or texts."
    ]
    unit: Annotated[Unit | None, Public, Written, "The unit, for the measure `unit`."]
    scale: Annotated[Sequence[ScaleCode], Public, Written, "The codes of its values, if nominal or ordinal."]
    direction: Annotated[
        str, Public, Written, Example("ascending"), "Whether more or less of it is better, or neither."
    ]
    across: Annotated[str, Public, Written, Example("sum"), "How values of several countries or subjects become one."]
    over_time: Annotated[str, Public, Written, Example("latest"), "How values of several periods become one."]
    reported_by: Annotated[
        str, Public, Written, Example("country"), "Whose results are expected: countries, actions or centres."
    ]
    frequency: Annotated[
        str, Public, Written, Example("year"), "The length of the periods in which results are expected."
    ]
    pillar: Annotated[
        str | None, Public, Written, Example("action-1"), "The part of the framework; null for all of it."
    ]
    side: Annotated[str | None, Public, Written, Example("ecological"), "The side of the science plan."]
    codes: Annotated[Sequence[Tag], Public, Written, "Codes of schemes, such as a target of the SDGs."]
    method: Annotated[Texts, Public, Written, "How it is measured, by language."]
    source: Annotated[
        str | None,
        Public,
        Written,
        Line,
        Example("National soil survey"),
        "Who publishes the values or the definition.",
    ]
    replaces_id: Annotated[
        UUID | None, Public, Written, Refers("/actions/v1/indicators"), "The indicator that this one replaces."
    ]
    template_id: Annotated[
        UUID | None,
        Public,
        Refers("/actions/v1/indicators"),
        "The indicator of a framework that a national one is a copy of.",
    ]
    disaggregations: Annotated[Sequence[Dimension], Public, Written, "What results are divided by."]
    valid_from: Annotated[date | None, Public, Written, "The first day for which results are expected."]
    valid_to: Annotated[date | None, Public, Written, "The last day for which results are expected."]
    search_key: Annotated[str, Internal]
