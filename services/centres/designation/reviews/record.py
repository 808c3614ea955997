"""A review of an application."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Document, Example, Public, Record, Refers, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Review(Record):
    """What a reviewer found, with the centre's country. It is never published."""

    resource_type = Resource("centres", "reviews", "review")
    scope_column = "centre_id"
    whole = Resource("centres", "centres", "centre")

    status: Annotated[str, Public]
    visibility: Annotated[str, Public]
    centre_id: Annotated[UUID, Public, Written, Refers("/centres/v1/centres"), "The centre that was reviewed."]
    reviewer_id: Annotated[UUID, Public, Written, Refers("/membership/v1/experts"), "The expert who reviewed it."]
    scores: Annotated[Document, Public, Written, "What the reviewer scores, from 0 (worst) to 5 (best)."]
    recommendation: Annotated[str, Public, Written, Example("designate"), "What the reviewer recommends."]
    conflict_of_interest: Annotated[bool, Public, Written, "Whether the reviewer declares a conflict of interest."]
    comment: Annotated[str | None, Public, Written, "The recommendation of the reviewer."]
