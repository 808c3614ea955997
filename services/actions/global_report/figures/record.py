"""A figure of an edition of the Global Report."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, TypedDict
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import (
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
    Tracked,
    Written,
)


class Query(TypedDict):
    """What a figure asks of the public API."""

    path: str
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure(Record):
    """A figure, without a country. A grant over one record names the edition. `as_of` and what follows are those of its
    frozen data."""

    resource_type = Resource("actions", "figures", "figure")
    scope_column = "edition_id"

    country: Annotated[str | None, Public]  # type: ignore[assignment]
    visibility: Annotated[str, Public]
    edition_id: Annotated[UUID, Public, Written, Fixed, Refers("/actions/v1/editions"), "The edition."]
    key: Annotated[
        str, Public, Written, Fixed, Example("experts-by-region"), "The key by which versions name it: `{figure:KEY}`."
    ]
    kind: Annotated[str, Public, Written, Example("bars"), "How it is drawn."]
    titles: Annotated[Texts, Public, Written, Searched, Titles, "The titles, by language."]
    captions: Annotated[Texts, Public, Written, "What stands below it, by language."]
    alternatives: Annotated[Texts, Public, Written, "What it says, for who cannot see it, by language."]
    query: Annotated[Query, Public, Written, "What it asks of the public API."]
    x: Annotated[
        str | None,
        Public,
        Written,
        Example("region"),
        "The member of the data along the first axis; by default the first.",
    ]
    y: Annotated[
        str | None, Public, Written, Example("count"), "The member with the number; by default `count` or `value`."
    ]
    series: Annotated[
        str | None,
        Public,
        Written,
        Example(None),
        "The member that makes several lines or parts of bars; by default what is counted by besides `x`.",
    ]
    source: Annotated[
        str | None, Public, Written, Line, Example("Register of the ESCM Plan"), "Where the data is from."
    ]
    as_of: Annotated[date | None, Public, Tracked, Example("2026-11-30"), "The day of its frozen data."]
    definition: Annotated[str | None, Public, Tracked, Example(None), "What the frozen data counts."]
    release: Annotated[str | None, Public, Tracked, Example("0.1.0"), "The release of the system that answered."]
    sha256: Annotated[
        str | None, Public, Tracked, Example("0" * 64), "The digest of its frozen data as canonical JSON."
    ]
    search_key: Annotated[str, Internal]
