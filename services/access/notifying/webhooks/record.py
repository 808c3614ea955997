"""A webhook."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Example, Granted, Part, Public, Record, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook(Record):
    """An address to which the events of its owner's share of the feed are sent."""

    resource_type = Resource("access", "webhooks", "webhook")

    country: Annotated[str | None, Public]  # type: ignore[assignment]
    visibility: Annotated[str, Public]
    name: Annotated[str, Granted, Written, Example("Ministry register"), "What the webhook is for."]
    url: Annotated[
        str, Granted, Written, Example("https://register.example.org/escm"), "The address that events are sent to."
    ]
    types: Annotated[
        list[str],
        Granted,
        Written,
        Example(["escm.centres.*"]),
        "Types of events; `*` at the end matches any ending.",
    ]
    countries: Annotated[
        list[str] | None, Granted, Written, Example(["XA"]), "The countries whose events are sent; null for all."
    ]
    records: Annotated[
        list[str] | None,
        Granted,
        Written,
        Example(["CTR-000045"]),
        "The records, by id or ref, whose events are sent; null for all.",
    ]
    signatures: Annotated[
        list[str], Granted, Written, Example(["v1", "v1a"]), "The schemes of the signatures: HMAC and Ed25519."
    ]
    bulk: Annotated[
        str, Granted, Written, Example("notice"), "Whether the events of an import are one notice or sent each."
    ]
    rate: Annotated[int, Granted, Written, Example(10), "Most events a second."]
    in_flight: Annotated[int, Granted, Written, Example(4), "Most events whose answer is awaited."]
    owner_kind: Annotated[str, Granted, Part]
    owner_id: Annotated[UUID, Granted, Part]
