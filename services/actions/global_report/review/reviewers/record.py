"""An invitation to review a contribution."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Example, Internal, Part, Public, Record, Refers, Texts, Tracked, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewer(Record):
    """An expert who is invited to review a contribution in a round, with the country of the contribution. It is never
    published. A grant over one record names the expert or the edition."""

    resource_type = Resource("actions", "reviewers", "reviewer", "Contribution")
    scope_column = "expert_id"
    also_scoped_by = ("edition_id",)

    country: Annotated[str | None, Public]  # type: ignore[assignment]
    visibility: Annotated[str, Public]
    edition_id: Annotated[UUID, Public, Refers("/actions/v1/editions"), "The edition."]
    contribution_id: Annotated[
        UUID, Public, Refers("/actions/v1/contributions"), "The contribution that is to be reviewed."
    ]
    round_id: Annotated[UUID, Public, Refers("/actions/v1/review_rounds"), "The round."]
    round_number: Annotated[int, Public, Part]
    titles: Annotated[Texts, Public, "The contribution's titles at the time of the invitation, by language."]
    expert_id: Annotated[UUID, Public, Written, Refers("/membership/v1/experts"), "The expert who is invited."]
    conflict_of_interest: Annotated[
        bool | None, Public, Tracked, "Whether the reviewer states a conflict of interest; null before the acceptance."
    ]
    conflict: Annotated[
        str | None, Public, Tracked, Example(None), "The conflict of interest as the reviewer describes it."
    ]
    reminded_on: Annotated[date | None, Internal]
