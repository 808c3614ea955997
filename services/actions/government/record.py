"""Government bodies, focal points and meetings."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, TypedDict
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import (
    Day,
    Document,
    Granted,
    Internal,
    Public,
    Record,
    Refers,
    Texts,
    Tracked,
    Written,
)


class Person(TypedDict):
    """An expert of the register, or somebody by name."""

    expert_id: str | None
    name: str | None


class Attendee(TypedDict):
    """Who took part in a meeting, and in what office."""

    name: str
    role: str | None


class Decision(TypedDict):
    """What was decided, and how others refer to it."""

    key: str | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GovernmentBody(Record):
    """A ministry, an agency or another body of a government."""

    resource_type = Resource("actions", "government_bodies", "government_body")

    country: Annotated[str, Public, Written, "The country of the government, as an ISO 3166-1 alpha-2 code."]
    names: Annotated[Texts, Public, Written, "The body's names, by language."]
    kind: Annotated[str, Public, Written, "The kind of body."]
    website: Annotated[str | None, Public, Written, "The body's page."]
    search_key: Annotated[str, Internal]


@dataclass(frozen=True, slots=True, kw_only=True)
class FocalPoint(Record):
    """Whom a government named. `expert_id` is the person's, where the person is an expert."""

    resource_type = Resource("actions", "focal_points", "focal_point")

    country: Annotated[str, Public, Written, "The country of the government, as an ISO 3166-1 alpha-2 code."]
    person: Annotated[Person, Public, Written, "Whom the government named."]
    expert_id: Annotated[UUID | None, Internal]
    body_id: Annotated[
        UUID | None,
        Public,
        Written,
        Refers("/actions/v1/government_bodies"),
        "The government body that named the person.",
    ]
    role: Annotated[str | None, Public, Written, "What the person speaks for."]
    letter: Annotated[
        Document | None, Granted, Written, "The letter of nomination; for grants that cover the focal point."
    ]
    predecessor_id: Annotated[
        UUID | None, Public, Tracked, Refers("/actions/v1/focal_points"), "The focal point whom this one follows."
    ]
    starts: Annotated[Day | None, Public, Tracked, "The first day in office."]
    ends: Annotated[Day | None, Public, Tracked, "The last day in office; null without an end."]
    search_key: Annotated[str, Internal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting(Record):
    """A meeting with a government."""

    resource_type = Resource("actions", "meetings", "meeting")

    country: Annotated[str, Public, Written, "The country of the government, as an ISO 3166-1 alpha-2 code."]
    kind: Annotated[str, Public, Written, "The kind of meeting."]
    date: Annotated[Day, Public, Written, "The day of the meeting."]
    titles: Annotated[Texts, Public, Written, "The meeting's titles, by language."]
    participants: Annotated[
        Sequence[Attendee | str], Granted, Written, "Who took part; for grants that cover the meeting."
    ]
    decisions: Annotated[Sequence[Decision | str], Public, Written, "What was decided."]
    search_key: Annotated[str, Internal]
