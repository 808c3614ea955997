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
    Texts,
    Tracked,
    Written,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GovernmentBody(Record):
    """A ministry, an agency or another body of a government."""

    resource_type = Resource("actions", "government_bodies", "government_body")

    country: Annotated[str, Public, Written]
    names: Annotated[Texts, Public, Written]
    kind: Annotated[str, Public, Written]
    website: Annotated[str | None, Public, Written]
    search_key: Annotated[str, Internal]


@dataclass(frozen=True, slots=True, kw_only=True)
class FocalPoint(Record):
    """Whom a government named. `expert_id` is the person's, where the person is an expert."""

    resource_type = Resource("actions", "focal_points", "focal_point")

    country: Annotated[str, Public, Written]
    person: Annotated[Document, Public, Written]
    expert_id: Annotated[UUID | None, Internal]
    body_id: Annotated[UUID | None, Public, Written]
    role: Annotated[str | None, Public, Written]
    letter: Annotated[Document | None, Granted, Written]
    predecessor_id: Annotated[UUID | None, Public, Tracked]
    starts: Annotated[Day | None, Public, Tracked]
    ends: Annotated[Day | None, Public, Tracked]
    search_key: Annotated[str, Internal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting(Record):
    """A meeting with a government."""

    resource_type = Resource("actions", "meetings", "meeting")

    country: Annotated[str, Public, Written]
    kind: Annotated[str, Public, Written]
    date: Annotated[Day, Public, Written]
    titles: Annotated[Texts, Public, Written]
    participants: Annotated[Parts, Granted, Written]
    decisions: Annotated[AnyJson, Public, Written]
    search_key: Annotated[str, Internal]
