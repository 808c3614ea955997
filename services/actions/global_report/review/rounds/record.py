"""A round of review."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Example, Fixed, Internal, Public, Record, Refers, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRound(Record):
    """A time in which experts, governments or both comment on contributions of an edition. It belongs to no country and
    is never published. A grant over one record names the edition or the round."""

    resource_type = Resource("actions", "review_rounds", "review_round")
    scope_column = "edition_id"
    also_scoped_by = ("id",)

    country: Annotated[str | None, Public]  # type: ignore[assignment]
    visibility: Annotated[str, Public]
    edition_id: Annotated[UUID, Public, Refers("/actions/v1/editions"), "The edition."]
    number: Annotated[int, Public, Written, Fixed, Example(1), "Its number in the edition; by default the next one."]
    opens: Annotated[datetime, Public, Written, Example("2027-03-01T00:00:00Z"), "When it opens, at the latest."]
    closes: Annotated[datetime, Public, Written, Example("2027-04-01T00:00:00Z"), "Until when one comments."]
    audience: Annotated[str, Public, Written, "Who comments: experts, governments, or both."]
    contributions: Annotated[
        list[UUID], Public, Written, Refers("/actions/v1/contributions"), "The contributions that are reviewed."
    ]
    reminded_on: Annotated[date | None, Internal]
