"""A decision of a committee."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, TypedDict
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Internal, Prose, Public, Record, Refers, Searched, Texts, Titles, Tracked, Written

Votes = TypedDict("Votes", {"for": int, "against": int, "abstain": int})
"""How many votes were cast which way."""


class Subject(TypedDict):
    """A record that a decision is about: its kind, as in addresses, and its id."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Record):
    """A decision of a committee at a meeting, whose country it has. It is never published."""

    resource_type = Resource("centres", "decisions", "decision")
    scope_column = "committee_id"

    visibility: Annotated[str, Public]
    meeting_id: Annotated[
        UUID, Public, Written, Refers("/centres/v1/committee_meetings"), "The meeting at which it is taken."
    ]
    committee_id: Annotated[UUID, Public, Refers("/centres/v1/committees"), "The committee that takes it."]
    titles: Annotated[Texts, Public, Written, Searched, Titles, "The titles, by language."]
    search_key: Annotated[str, Internal]
    text: Annotated[str | None, Public, Written, Prose, "What is decided."]
    votes: Annotated[Votes, Public, Written, "The votes."]
    recused: Annotated[
        list[UUID], Public, Written, Refers("/centres/v1/seats"), "The seats that are present and do not vote."
    ]
    about: Annotated[Sequence[Subject], Public, Written, "The records that it is about."]
    decided_on: Annotated[
        date | None, Public, Tracked, "The day of the meeting, once it is adopted or rejected; null before."
    ]
