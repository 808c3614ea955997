"""A national committee."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, TypedDict
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import (
    Document,
    Example,
    Granted,
    Internal,
    Public,
    Record,
    Refers,
    Searched,
    Texts,
    Titles,
    Tracked,
    Written,
)


class Rotation(TypedDict):
    """How long a term on the committee is, and how many terms somebody has in an office without a further reason."""

    years: int
    terms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Committee(Record):
    """A national committee. Its country never changes."""

    resource_type = Resource("centres", "committees", "committee")

    created_at: Annotated[datetime, Granted]
    updated_at: Annotated[datetime, Granted]
    names: Annotated[Texts, Public, Written, Searched, Titles, "The committee's names, by language."]
    search_key: Annotated[str, Internal]
    host_institution_id: Annotated[
        UUID | None, Public, Written, Refers("/membership/v1/institutions"), "The institution that hosts the committee."
    ]
    partner_institution_ids: Annotated[
        list[UUID],
        Public,
        Written,
        Refers("/membership/v1/institutions"),
        "The institutions that work with the committee.",
    ]
    decision: Annotated[
        Document | None, Granted, Written, "The minuted decision that forms the committee; for grants that cover it."
    ]
    decision_id: Annotated[
        UUID | None,
        Granted,
        Written,
        Refers("/centres/v1/decisions"),
        "The adopted decision that stands for the document `decision`; for grants that cover the committee.",
    ]
    bylaws: Annotated[Document | None, Granted, Written, "The committee's bylaws; for grants that cover it."]
    quorum: Annotated[
        int | None,
        Public,
        Written,
        Example(50),
        "The percentage of filled seats that a quorum needs; null: more than half.",
    ]
    rotation: Annotated[Rotation | None, Public, Written, "How its seats rotate; null if they do not."]
    previous_status: Annotated[str | None, Internal]
    formed_on: Annotated[date | None, Public, Tracked, "The day of the decision that formed the committee."]
    recognised_on: Annotated[date | None, Public, Tracked, "The day on which the committee was recognised."]
    ended_on: Annotated[date | None, Public, Tracked, "The day on which the committee was dissolved or abandoned."]
