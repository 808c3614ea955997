"""A focal point of a government."""

from dataclasses import dataclass
from typing import Annotated, NotRequired, TypedDict
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Day, Document, Example, Granted, Internal, Public, Record, Refers, Tracked, Written


class Person(TypedDict):
    """An expert of the register, or somebody by name."""

    expert_id: str | None
    name: str | None


class NamedPerson(TypedDict, total=False):
    """An expert of the register, or somebody by name, as a request says it."""

    expert_id: UUID
    name: str


class Successor(TypedDict):
    """Who follows a focal point, and the letter that says so, as a request says it."""

    person: NamedPerson
    account_id: NotRequired[UUID]
    letter: NotRequired[Document]


@dataclass(frozen=True, slots=True, kw_only=True)
class FocalPoint(Record):
    """Whom a government named. `expert_id` is the person's, where the person is an expert; `account_id` is the account
    of somebody who is none. Whoever has the office by one of them has its role as long as they have it."""

    resource_type = Resource("actions", "focal_points", "focal_point")

    country: Annotated[str, Public, Written, "The country of the government, as an ISO 3166-1 alpha-2 code."]
    person: Annotated[Person, Public, Written, "Whom the government named."]
    expert_id: Annotated[UUID | None, Internal]
    account_id: Annotated[
        UUID | None,
        Granted,
        Written,
        Refers("/access/v1/accounts"),
        "The account of somebody who is no expert of the register; the account of an expert follows from their record.",
    ]
    body_id: Annotated[
        UUID | None,
        Public,
        Written,
        Refers("/actions/v1/government_bodies"),
        "The government body that named the person.",
    ]
    role: Annotated[str | None, Public, Written, Example("Eco-security"), "What the person speaks for."]
    letter: Annotated[
        Document | None, Granted, Written, "The letter of nomination; for grants that cover the focal point."
    ]
    predecessor_id: Annotated[
        UUID | None, Public, Tracked, Refers("/actions/v1/focal_points"), "The focal point whom this one follows."
    ]
    starts: Annotated[Day | None, Public, Tracked, "The first day in office."]
    ends: Annotated[Day | None, Public, Tracked, "The last day in office; null without an end."]
    search_key: Annotated[str, Internal]
