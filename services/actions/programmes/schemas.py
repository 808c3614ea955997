"""What goes over HTTP for programmes."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, PlainSerializer

from services.actions.frameworks.schemas import Code
from services.actions.programmes import record
from services.actions.programmes.tables import programme
from shared.records.plain import presenter
from shared.web.fields import Body, CountryCode, Prose, RecordAnswer, Visible


class ProgrammeBody(Body):
    """A programme as it is written; its country and framework stay."""

    committee_id: UUID | None = None
    centre_id: UUID | None = None
    lead_body_id: UUID | None = None
    visibility: Visible = "network"


class ProgrammeCreate(ProgrammeBody):
    """A country's programme under a framework."""

    country: CountryCode
    framework: Code = Field("3+1/2026", examples=["3+1/2026"])


class Waiver(Body):
    """Why a programme starts without an endorsement of level 3, and the account of the second person."""

    reason: Prose
    second_person: Annotated[UUID, PlainSerializer(str)] | None = None


class ProgrammeFields(Body):
    """What `start` takes."""

    waiver: Waiver | None = None


class Programme(RecordAnswer):
    """A programme as a caller sees it; fields that the caller may not see are absent."""

    framework: str
    committee_id: UUID | None
    centre_id: UUID | None
    lead_body_id: UUID | None = None
    waiver: dict[str, Any] | None = None
    started_on: date | None
    completed_on: date | None


present = presenter(record.Programme, programme)
