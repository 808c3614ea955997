"""What goes over HTTP for government bodies, focal points and meetings."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, HttpUrl, PlainSerializer, model_validator
from pydantic_core import PydanticCustomError

from services.actions.government import domain, record
from services.actions.government.tables import focal_point, government_body, meeting
from shared.records.plain import presenter
from shared.records.record import Refers
from shared.web.fields import Body, CountryCode, Day, Document, Line, LocalizedTexts, Prose, Titles, Visible
from shared.web.schemas import RecordAnswer
from shared.web.values import row_values


class BodyBody(Body, of=record.GovernmentBody):
    """A government body as it is written; its country stays."""

    names: Titles
    kind: Literal[domain.BODY_KINDS]  # type: ignore[valid-type]
    website: Annotated[HttpUrl, PlainSerializer(str)] | None = None
    visibility: Visible = "network"


class BodyCreate(BodyBody):
    """A ministry, agency or other body of a government."""

    country: CountryCode


class GovernmentBody(RecordAnswer, of=record.GovernmentBody, lifecycle=domain.BODY):
    """A government body as a caller sees it."""

    names: LocalizedTexts
    kind: Annotated[str, Field(examples=["ministry"])]
    website: Annotated[str | None, Field(examples=["https://ministry.example.org/"])]


class Person(Body):
    """An expert of the register, or somebody by name."""

    expert_id: Annotated[UUID | None, Refers("/membership/v1/experts"), "The expert of the register."] = None
    name: Annotated[
        Line | None, Field(examples=["Amina Khan"]), "The name of somebody who is no expert of the register."
    ] = None

    @model_validator(mode="after")
    def _is_somebody(self) -> "Person":
        if (self.expert_id is None) == (self.name is None):
            raise PydanticCustomError("expert_or_name", "Give either expert_id or name.")
        return self


class FocalPointBody(Body, of=record.FocalPoint):
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

    until: Annotated[Day | None, "Of `hand_over`: the last day in office, at most 60 days from today."] = None


class FocalPoint(RecordAnswer, of=record.FocalPoint, lifecycle=domain.FOCAL_POINT):
    """A focal point as a caller sees it."""

    person: Person
    body_id: UUID | None
    role: Annotated[str | None, Field(examples=["Eco-security"])]
    letter: Document | None = None
    predecessor_id: UUID | None
    starts: date | None
    ends: date | None


def focal_point_columns(body: FocalPointBody) -> dict[str, Any]:
    """The columns that a body gives; the expert's id has one of its own beside the person's."""
    return {**row_values(body, focal_point), "expert_id": body.person.expert_id}


class Attendee(Body):
    """Who took part in a meeting."""

    name: Annotated[Line, Field(examples=["Amina Khan"]), "The name of the person."]
    role: Annotated[Line | None, Field(examples=["Minister"]), "In what office."] = None


class Decision(Body):
    """What was decided; `key` is how others refer to it."""

    key: Annotated[Line | None, Field(examples=["host"]), "How others refer to the decision."] = None
    text: Annotated[Prose, "What was decided."]


class MeetingBody(Body, of=record.Meeting):
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


class Meeting(RecordAnswer, of=record.Meeting, lifecycle=domain.MEETING):
    """A meeting as a caller sees it."""

    kind: Annotated[str, Field(examples=["onsite"])]
    date: Day
    titles: LocalizedTexts
    participants: list[Attendee | str] = []
    decisions: list[Decision | str]


present_body = presenter(record.GovernmentBody, government_body)
present_focal_point = presenter(record.FocalPoint, focal_point)
present_meeting = presenter(record.Meeting, meeting)
