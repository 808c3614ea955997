"""A partnership of a centre."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Granted, Internal, Part, Public, Record, Refers, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Partnership(Record):
    """A partnership that one centre proposes to a centre, an institution or a network. It has the country of the
    proposing centre, and the stricter visibility of its two sides.

    `centre_visibility` and `partner_visibility` are those of the sides; `restricted` for a side that is not published.
    A grant over either side covers it.
    """

    resource_type = Resource("centres", "partnerships", "partnership")
    scope_column = "centre_id"
    also_scoped_by = ("id", "partner_centre_id", "partner_institution_id")

    visibility: Annotated[str, Public]
    created_at: Annotated[datetime, Granted]
    updated_at: Annotated[datetime, Granted]
    centre_id: Annotated[
        UUID,
        Public,
        Written,
        Refers("/centres/v1/centres"),
        "The centre that proposes it; null if the caller may not know of the centre.",
    ]
    partner_centre_id: Annotated[UUID | None, Public, Written, Part]
    partner_institution_id: Annotated[UUID | None, Public, Written, Part]
    partner_network_id: Annotated[UUID | None, Public, Written, Part]
    kind: Annotated[str, Public, Written, "The kind of partnership."]
    agreement_id: Annotated[
        UUID | None,
        Granted,
        Written,
        Refers("/centres/v1/agreements"),
        "The agreement of the centre that it rests on; for grants that cover the partnership.",
    ]
    starts: Annotated[date | None, Public, Written, Part]
    ends: Annotated[date | None, Public, Written, Part]
    partner_country: Annotated[str | None, Internal]
    centre_visibility: Annotated[str, Internal]
    partner_visibility: Annotated[str, Internal]

    @property
    def partner_id(self) -> UUID:
        """The id of the partner, whatever its kind."""
        named = self.partner_centre_id or self.partner_institution_id or self.partner_network_id
        if named is None:
            raise ValueError("a partnership has a partner")
        return named
