"""A calendar to subscribe to."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Country, Example, Internal, Public, Record, Refers, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar(Record):
    """What its owner may know of, chosen by kind and place. `digest` is the SHA-256 of the key in its address. A grant
    over one record names the owner."""

    resource_type = Resource("actions", "calendars", "calendar")
    scope_column = "owner_id"

    country: Annotated[  # type: ignore[assignment]
        str | None, Public, Written, Country, "The country, as an ISO 3166-1 alpha-2 code; null for all."
    ]
    visibility: Annotated[str, Public]
    kinds: Annotated[list[str], Public, Written, Example(["milestones"]), "What the calendar has the days of."]
    programme_id: Annotated[
        UUID | None, Public, Written, Refers("/actions/v1/programmes"), "The programme; null for all of the country."
    ]
    language: Annotated[str, Public, Written, Example("en"), "The language of the calendar, as a BCP 47 tag."]
    owner_kind: Annotated[str, Internal]
    owner_id: Annotated[UUID, Internal]
    digest: Annotated[bytes, Internal]
