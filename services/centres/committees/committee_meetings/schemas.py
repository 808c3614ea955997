"""What goes over HTTP for meetings of committees."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field

from services.centres.committees.committee_meetings import record
from services.centres.committees.committee_meetings.domain import KINDS, LIFECYCLE, MOST_SEATS
from services.centres.committees.committee_meetings.tables import committee_meeting
from shared.records.plain import presenter
from shared.web.contract.contract import STATES
from shared.web.contract.fields import ResponseModel, each_once
from shared.web.contract.schemas import RecordBody, RecordResponse

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _instant(value: Any) -> Any:
    return f"{value}T00:00:00Z" if isinstance(value, str) and _DAY.fullmatch(value) else value


Seats: TypeAlias = Annotated[list[UUID], Field(max_length=MOST_SEATS), AfterValidator(each_once)]


class CommitteeMeetingBody(RecordBody, of=record.CommitteeMeeting):
    """A meeting as it is written."""

    kind: Literal[KINDS]  # type: ignore[valid-type]
    starts: Annotated[AwareDatetime, BeforeValidator(_instant)]
    present: Seats = []
    apologies: Seats = []


class Quorum(ResponseModel):
    """Whether enough seats are present."""

    needed: Annotated[int, Field(examples=[4]), "The seats that have to be present."]
    present: Annotated[int, Field(examples=[5]), "The seats that are present."]
    met: Annotated[bool, "Whether enough are present."]


class CommitteeMeeting(RecordResponse, of=record.CommitteeMeeting, lifecycle=LIFECYCLE):
    """A meeting as a caller sees it."""

    kind: Annotated[str, Field(examples=["hybrid"], json_schema_extra={STATES: [*KINDS]})]
    quorum: Annotated[
        Quorum,
        "More than half of the seats that are filled on the day, or the percentage that the committee names.",
    ]


def _derived(row: Mapping[str, Any]) -> dict[str, Any]:
    needed, present = row["needed"], len(row["present"])
    return {
        "present": [str(key) for key in row["present"]],
        "apologies": [str(key) for key in row["apologies"]],
        "quorum": {"needed": needed, "present": present, "met": present >= needed},
    }


present = presenter(record.CommitteeMeeting, committee_meeting, derive=_derived)
