"""An invitation to review a centre."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Internal, Public, Record, Refers, Texts, Tracked, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewer(Record):
    """An expert who is invited to review a centre, with the centre's country. It is never published, and a grant over
    one record names the expert."""

    resource_type = Resource("centres", "reviewers", "reviewer")
    scope_column = "expert_id"

    visibility: Annotated[str, Public]
    centre_id: Annotated[UUID, Public, Written, Refers("/centres/v1/centres"), "The centre that is to be reviewed."]
    centre_names: Annotated[Texts, Public, "The centre's names at the time of the invitation, by language."]
    expert_id: Annotated[UUID, Public, Written, Refers("/membership/v1/experts"), "The expert who is invited."]
    due: Annotated[date, Public, Written, "The day by which the review is to be written."]
    conflict_of_interest: Annotated[
        bool | None, Public, Tracked, "Whether the reviewer states a conflict of interest; null before the acceptance."
    ]
    conflict: Annotated[str | None, Public, Tracked, "The conflict of interest as the reviewer describes it."]
    replaced_by: Annotated[
        UUID | None, Public, Tracked, Refers("/centres/v1/reviewers"), "The invitation that replaces this one."
    ]
    reminded_on: Annotated[date, Internal]
    """The day of the latest reminder; that of the invitation before the first one."""
