"""What goes over HTTP for government bodies, focal points and meetings."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, HttpUrl, PlainSerializer, model_validator
from pydantic_core import PydanticCustomError

from services.actions.government import domain, record
from services.actions.government.tables import focal_point, government_body, meeting
from shared.records.plain import presenter
from shared.web.fields import Body, CountryCode, Day, Document, Line, Prose, RecordAnswer, Titles, Visible


class BodyBody(Body):
    """A government body as it is written; its country stays."""

    names: Titles
    kind: Literal[domain.BODY_KINDS]  # type: ignore[valid-type]
    website: Annotated[HttpUrl, PlainSerializer(str)] | None = None
    visibility: Visible = "network"


class BodyCreate(BodyBody):
    """A ministry, agency or other body of a government."""

    country: CountryCode


class GovernmentBody(RecordAnswer):
    """A government body as a caller sees it."""

    names: dict[str, str]
    kind: str
    website: str | None


class Person(Body):
    """An expert of the register, or somebody by name."""

    expert_id: UUID | None = None
    name: Line | None = None

    @model_validator(mode="after")
    def _is_somebody(self) -> "Person":
        if (self.expert_id is None) == (self.name is None):
            raise PydanticCustomError("expert_or_name", "Give either expert_id or name.")
        return self


class FocalPointBody(Body):
    """A focal point as it is written; its country stays."""

    person: Person
    body_id: UUID | None = None
    role: Line | None = None
    letter: Document | None = None
    predecessor_id: UUID | None = None
    starts: Day | None = None
    ends: Day | None = None
    visibility: Visible = "network"

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> "FocalPointBody":
        if self.starts and self.ends and self.ends < self.starts:
            raise PydanticCustomError("invalid_date", "A focal point ends after it starts.")
        return self


class FocalPointCreate(FocalPointBody):
    """Whom a government nominates, by letter, to speak for it."""

    country: CountryCode


class FocalPointFields(Body):
    """What `hand_over` takes: the last day, at most 60 days from today."""

    until: Day | None = None


class FocalPoint(RecordAnswer):
    """A focal point as a caller sees it."""

    person: dict[str, Any]
    body_id: UUID | None
    role: str | None
    letter: dict[str, Any] | None = None
    predecessor_id: UUID | None
    starts: date | None
    ends: date | None


class Attendee(Body):
    """Who took part in a meeting."""

    name: Line
    role: Line | None = None


class Decision(Body):
    """What was decided; `key` is how others refer to it."""

    key: Line | None = None
    text: Prose


class MeetingBody(Body):
    """A meeting as it is written; its country stays."""

    kind: Literal[domain.MEETING_KINDS]  # type: ignore[valid-type]
    date: Day
    titles: Titles
    participants: Annotated[list[Attendee | Line], Field(max_length=500)] = []
    decisions: Annotated[list[Decision | Prose], Field(max_length=200)] = []
    visibility: Visible = "restricted"


class MeetingCreate(MeetingBody):
    """A meeting with a government."""

    country: CountryCode


class Meeting(RecordAnswer):
    """A meeting as a caller sees it."""

    kind: str
    date: Day
    titles: dict[str, str]
    participants: list[Any] = []
    decisions: list[Any]


present_body = presenter(record.GovernmentBody, government_body)
present_focal_point = presenter(record.FocalPoint, focal_point)
present_meeting = presenter(record.Meeting, meeting)
