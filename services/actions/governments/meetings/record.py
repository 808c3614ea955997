"""What is stored of a meeting with a government."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, TypedDict

from shared.kernel.resource import Resource
from shared.records.record import (
    Country,
    Day,
    Example,
    Fixed,
    Granted,
    Internal,
    Public,
    Record,
    Searched,
    Texts,
    Titles,
    Written,
)


class Attendee(TypedDict):
    """Who took part in a meeting, and in what office."""

    name: str
    role: str | None


class Decision(TypedDict):
    """What was decided, and how others refer to it."""

    key: str | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting(Record):
    """A meeting with a government."""

    resource_type = Resource("actions", "meetings", "meeting")

    country: Annotated[
        str, Public, Written, Country, Fixed, "The country of the government, as an ISO 3166-1 alpha-2 code."
    ]
    kind: Annotated[str, Public, Written, Example("onsite"), "The kind of meeting."]
    date: Annotated[Day, Public, Written, "The day of the meeting."]
    titles: Annotated[Texts, Public, Written, Searched, Titles, "The meeting's titles, by language."]
    participants: Annotated[
        Sequence[Attendee | str], Granted, Written, "Who took part; for grants that cover the meeting."
    ]
    decisions: Annotated[Sequence[Decision | str], Public, Written, "What was decided."]
    search_key: Annotated[str, Internal]
