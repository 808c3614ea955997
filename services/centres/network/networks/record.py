"""A network of centres."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import (
    Example,
    Fixed,
    Internal,
    Keywords,
    Public,
    Record,
    Refers,
    Searched,
    Texts,
    Titles,
    Written,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Network(Record):
    """A network of centres. It belongs to no country, and everybody may know of it."""

    resource_type = Resource("centres", "networks", "network")

    country: Annotated[str | None, Public]  # type: ignore[assignment]
    visibility: Annotated[str, Public]
    code: Annotated[
        str, Public, Written, Searched, Fixed, Example("PEATLANDS"), "The code, each only once. It never changes."
    ]
    titles: Annotated[Texts, Public, Written, Searched, Titles, "The title, by language."]
    search_key: Annotated[str, Internal]
    themes: Annotated[list[str], Public, Written, Keywords, "What the network works on."]
    coordinator_id: Annotated[
        UUID | None, Public, Written, Refers("/membership/v1/experts"), "The expert who coordinates the network."
    ]
