"""What is stored of a letter to or from a government."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, TypedDict
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import (
    Country,
    Day,
    Document,
    Example,
    Fixed,
    Internal,
    Line,
    Public,
    Record,
    Refers,
    Searched,
    Tracked,
    Written,
)


class Party(TypedDict):
    """Who wrote or was written to, and in what office."""

    name: str
    role: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter(Record):
    """A letter to or from a government."""

    resource_type = Resource("actions", "correspondence", "correspondence")

    country: Annotated[
        str,
        Public,
        Written,
        Country,
        Fixed,
        "The country whose government wrote or was written to, as an ISO 3166-1 alpha-2 code.",
    ]
    direction: Annotated[str, Public, Written, Fixed, Example("in"), "Whether the letter came in or went out."]
    date: Annotated[Day, Public, Written, "The day of the letter."]
    subject: Annotated[
        str, Public, Written, Searched, Line, Example("Nomination of a focal point"), "What the letter is about."
    ]
    parties: Annotated[Sequence[Party | str], Public, Written, "Who wrote or was written to."]
    about: Annotated[
        Sequence[str], Public, Written, Example(["PRG-000001"]), "What the letter speaks of, such as refs of records."
    ]
    reply_due: Annotated[Day | None, Public, Written, "The day until which a reply is awaited."]
    reply_to: Annotated[
        UUID | None, Public, Written, Refers("/actions/v1/correspondence"), "The letter to which this one replies."
    ]
    replied_on: Annotated[Day | None, Public, Tracked, "The day of the reply to this letter."]
    document: Annotated[Document | None, Public, Written, "The letter itself."]
    search_key: Annotated[str, Internal]
