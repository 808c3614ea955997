"""A congress."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, TypedDict
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import (
    Country,
    Default,
    Example,
    Fixed,
    Internal,
    Line,
    Part,
    Public,
    Record,
    Refers,
    Searched,
    Texts,
    Titles,
    Visible,
    Written,
)


class Link(TypedDict):
    """A page of the congress in another system."""

    kind: str
    url: str


class PublishedFigures(TypedDict):
    """What was published about the congress, as of a day."""

    participants: int | None
    organisations: int | None
    countries: int | None
    as_of: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Congress(Record):
    """A congress. One that is online alone may belong to no country."""

    resource_type = Resource("membership", "congresses", "congress")

    country: Annotated[  # type: ignore[assignment]
        str | None, Public, Written, Country, "The country of the place, as an ISO 3166-1 alpha-2 code; null for none."
    ]
    visibility: Annotated[
        str,
        Public,
        Written,
        Visible,
        Default("network"),
        "Who may know of the congress: everybody, the network, or grants.",
    ]
    code: Annotated[
        str,
        Public,
        Written,
        Fixed,
        Searched,
        Example("HAIKOU-2022"),
        "The code, by which imports name the congress. It never changes.",
    ]
    titles: Annotated[Texts, Public, Written, Searched, Titles, "The titles, by language."]
    series: Annotated[
        str | None, Public, Written, Searched, Line, Example("World forum"), "The series that the congress belongs to."
    ]
    starts: Annotated[date, Public, Written, "The first day."]
    ends: Annotated[date | None, Public, Written, "The last day; null if it is the first."]
    mode: Annotated[str, Public, Written, Example("hybrid"), "Whether people take part on site, online, or both."]
    place: Annotated[str | None, Public, Written, Searched, Line, Example("Port Alpha"), "The town or venue."]
    host_institution_id: Annotated[
        UUID | None, Public, Written, Refers("/membership/v1/institutions"), "The institution that hosts the congress."
    ]
    links: Annotated[Sequence[Link], Public, Written, Part, "Its pages in other systems."]
    published_figures: Annotated[
        Sequence[PublishedFigures], Public, Written, "Figures that were published, each with its day and source."
    ]
    search_key: Annotated[str, Internal]
