"""Government bodies, focal points and meetings."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import (
    AnyJson,
    Day,
    Document,
    Granted,
    Internal,
    Parts,
    Public,
    Record,
    Refers,
    Texts,
    Tracked,
    Written,
)


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
    person: Annotated[Document, Public, Written, "Whom the government named."]
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
    participants: Annotated[Parts, Granted, Written, "Who took part; for grants that cover the meeting."]
    decisions: Annotated[AnyJson, Public, Written, "What was decided."]
    search_key: Annotated[str, Internal]
