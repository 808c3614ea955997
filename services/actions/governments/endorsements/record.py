"""A government's endorsement."""

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
    Granted,
    Internal,
    Public,
    Record,
    Refers,
    Tracked,
    Written,
)


class IssuingBody(TypedDict):
    """Who speaks, where the body is not among the government bodies."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Endorsement(Record):
    """A government's consent. `claimants`: the accounts and clients that wrote the claim."""

    resource_type = Resource("actions", "endorsements", "endorsement")

    country: Annotated[
        str,
        Public,
        Written,
        Country,
        Fixed,
        "The country whose government endorses the plan, as an ISO 3166-1 alpha-2 code.",
    ]
    body: Annotated[
        IssuingBody | None, Public, Written, "The body that speaks, where it is not among the government bodies."
    ]
    body_id: Annotated[
        UUID | None, Public, Written, Refers("/actions/v1/government_bodies"), "The government body that speaks."
    ]
    level: Annotated[int, Public, Written, Example(3), "The level of the consent, from 1 to 5."]
    document: Annotated[
        Document | None, Granted, Written, "The letter of the government; for grants that cover the endorsement."
    ]
    issued: Annotated[Day | None, Public, Written, "The day on which the letter was issued."]
    valid_to: Annotated[Day | None, Public, Written, "The last day of the consent; null without an end."]
    verified_on: Annotated[Day | None, Public, Tracked, "The day on which the endorsement was verified."]
    withdrawn_on: Annotated[Day | None, Public, Tracked, "The day on which the endorsement was withdrawn."]
    withdrawal_reason: Annotated[
        str | None, Granted, Tracked, "Why it was withdrawn; for grants that cover the endorsement."
    ]
    claimants: Annotated[list[UUID], Internal]
    search_key: Annotated[str, Internal]
