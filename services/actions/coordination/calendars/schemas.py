"""What goes over HTTP for calendars."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from services.actions.coordination.calendars import record
from services.actions.coordination.calendars.domain import KINDS, LIFECYCLE
from shared.kernel.text import LANGUAGES
from shared.web.contract.fields import each_once
from shared.web.contract.schemas import RecordBody, RecordResponse

_Kind = Literal[KINDS]  # type: ignore[valid-type]


class CalendarCreate(RecordBody, of=record.Calendar):
    """What a calendar has the days of: of all countries, of one, or of one programme."""

    kinds: Annotated[
        list[_Kind], Field(min_length=1, max_length=20, examples=[["milestones"]]), AfterValidator(each_once)
    ] = list(KINDS)
    language: Literal[LANGUAGES] = "en"  # type: ignore[valid-type]


class Calendar(RecordResponse, of=record.Calendar, lifecycle=LIFECYCLE):
    """A calendar as its owner sees it."""

    url: Annotated[
        str | None,
        Field(examples=["/actions/v1/calendars/0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33/feed.ics?key=a-key"]),
        "The address to subscribe to, in the response to the creation alone.",
    ] = None
