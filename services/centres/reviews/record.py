"""A review of an application."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Document, Public, Record, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Review(Record):
    """What a reviewer found, with the centre's country. It is never published."""

    resource_type = Resource("centres", "reviews", "review")

    status: Annotated[str, Public]
    visibility: Annotated[str, Public]
    centre_id: Annotated[UUID, Public, Written]
    reviewer_id: Annotated[UUID, Public, Written]
    scores: Annotated[Document, Public, Written]
    recommendation: Annotated[str, Public, Written]
    conflict_of_interest: Annotated[bool, Public, Written]
    comment: Annotated[str | None, Public, Written]
