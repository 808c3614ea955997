"""A meeting of a committee."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Document, Internal, Part, Public, Record, Refers, Searched, Texts, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitteeMeeting(Record):
    """A meeting of a committee, whose country it has. It is never published.

    `needed` are the seats that have to be present for a quorum. It follows the seats and the committee while the
    meeting is planned.
    """

    resource_type = Resource("centres", "committee_meetings", "committee_meeting")
    scope_column = "committee_id"

    visibility: Annotated[str, Public]
    committee_id: Annotated[UUID, Public, Written, Refers("/centres/v1/committees"), "The committee that meets."]
    kind: Annotated[str, Public, Written, "Whether people meet on site, online, or both."]
    starts: Annotated[datetime, Public, Written, "When the meeting begins."]
    titles: Annotated[Texts, Public, Written, Searched, "The titles, by language."]
    search_key: Annotated[str, Internal]
    present: Annotated[list[UUID], Public, Written, Refers("/centres/v1/seats"), "The seats whose holders take part."]
    apologies: Annotated[
        list[UUID], Public, Written, Refers("/centres/v1/seats"), "The seats whose holders have excused themselves."
    ]
    minutes: Annotated[Document | None, Public, Written, "The minutes of the meeting."]
    needed: Annotated[int, Public, Part]
