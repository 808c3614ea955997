"""A nomination to a call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypedDict
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.panels import Conflict
from shared.records.record import AnyJson, Internal, Parts, Public, Record, Refers, Tracked, Written


class Nominator(TypedDict):
    """Who vouches for the nominee, and the address that the mail with the link goes to."""

    name: str
    kind: str | None
    organisation: str | None
    office: str | None
    email: str


class Appeal(TypedDict):
    """An appeal against the decision, and its answer. Instants are text."""

    text: str
    at: str
    outcome: str | None
    reply: str | None
    replied_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Nomination(Record):
    """An expert who is nominated to a call, with the country of the expert. It is never published. A grant over one
    record names the expert or the call."""

    resource_type = Resource("membership", "nominations", "nomination")
    scope_column = "expert_id"
    also_scoped_by = ("call_id",)

    visibility: Annotated[str, Public]
    call_id: Annotated[UUID, Public, Written, Refers("/membership/v1/calls"), "The call."]
    expert_id: Annotated[UUID, Public, Refers("/membership/v1/experts"), "The expert who is nominated."]
    nominator: Annotated[Nominator, Public, Written, "Who vouches for the expert; gets the link by mail."]
    motivation: Annotated[str | None, Public, Written, "Why the expert should be selected."]
    documents: Annotated[Parts, Public, Written, "The documents, each of a kind; a curriculum vitae is required."]
    interests: Annotated[
        AnyJson | None, Public, Written, "Interests that the expert declares for this call, or that there are none."
    ]
    consents: Annotated[Mapping[str, bool], Public, Written, "What the expert agrees to."]
    statement: Annotated[str | None, Public, Tracked, "What the nominator says about the expert."]
    extended_until: Annotated[datetime | None, Public, Tracked, "Until when this nomination is admitted late."]
    appeal: Annotated[Appeal | None, Public, Tracked, "The appeal against the decision, and its answer."]
    nominator_key: Annotated[str, Internal]
    nominators_asked: Annotated[int, Internal]
    """How many mails with a link were sent, which bounds the addresses that a nominee may name."""
    conflicts: Annotated[Sequence[Conflict], Internal]
    """The members of the panel who have a conflict of interest."""
    status_since: Annotated[datetime | None, Internal]
    """When it entered its state; null in the first one. A decision leaves `updated_at`."""
