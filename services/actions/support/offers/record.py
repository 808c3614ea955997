"""An offer of an expert to a country that asks for support."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Example, Public, Record, Refers, Tracked, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(Record):
    """An expert who is asked to help, with the country of the request. It is never published, and a grant over one
    record names the expert. `accepted_on` decides whether the country sees it."""

    resource_type = Resource("actions", "offers", "offer")
    scope_column = "expert_id"

    visibility: Annotated[str, Public]
    request_id: Annotated[UUID, Public, Refers("/actions/v1/support_requests"), "The request that it belongs to."]
    expert_id: Annotated[UUID, Public, Written, Refers("/membership/v1/experts"), "The expert who is asked."]
    message: Annotated[
        str | None, Public, Written, Example("Could you review the plan?"), "What the secretariat writes to the expert."
    ]
    respond_by: Annotated[date, Public, Written, "The last day on which the expert accepts or declines."]
    accepted_on: Annotated[date | None, Public, Tracked, "The day on which the expert accepted."]
