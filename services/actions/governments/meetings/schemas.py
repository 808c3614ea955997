"""What goes over HTTP for meetings."""

from typing import Annotated, Literal

from pydantic import Field

from services.actions.governments.meetings import record
from services.actions.governments.meetings.domain import LIFECYCLE, MEETING_KINDS
from services.actions.governments.meetings.tables import meeting
from shared.records.plain import presenter
from shared.web.contract.fields import Body, Line, Prose, Visible
from shared.web.contract.schemas import RecordBody, RecordResponse


class Attendee(Body):
    """Who took part in a meeting."""

    name: Annotated[Line, Field(examples=["Amina Khan"]), "The name of the person."]
    role: Annotated[Line | None, Field(examples=["Minister"]), "In what office."] = None


class Decision(Body):
    """What was decided; `key` is how others refer to it."""

    key: Annotated[Line | None, Field(examples=["host"]), "How others refer to the decision."] = None
    text: Annotated[Prose, "What was decided."]


class MeetingBody(RecordBody, of=record.Meeting):
    """A meeting as it is written; its country stays."""

    kind: Literal[MEETING_KINDS]  # type: ignore[valid-type]
    participants: Annotated[list[Attendee | Line], Field(max_length=500)] = []
    decisions: Annotated[list[Decision | Prose], Field(max_length=200)] = []
    visibility: Visible = "restricted"


class MeetingCreate(MeetingBody, is_creation=True):
    """A meeting with a government."""


class Meeting(RecordResponse, of=record.Meeting, lifecycle=LIFECYCLE):
    """A meeting as a caller sees it."""

    participants: list[Attendee | str] = []
    decisions: list[Decision | str]


present = presenter(record.Meeting, meeting)
