"""What goes over HTTP for programmes."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

import orjson
from pydantic import Field, PlainSerializer

from services.actions.plan.frameworks.schemas import Code
from services.actions.plan.programmes import record
from services.actions.plan.programmes.domain import LIFECYCLE, elements
from services.actions.plan.programmes.tables import programme
from shared.records.plain import presenter
from shared.records.record import Refers
from shared.web.contract.fields import Body, Day, Prose, ResponseModel, Visible
from shared.web.contract.schemas import RecordBody, RecordResponse


class ProgrammeBody(RecordBody, of=record.Programme):
    """A programme as it is written; its country and framework stay."""

    visibility: Visible = "network"


class ProgrammeCreate(ProgrammeBody, is_creation=True):
    """A country's programme under a framework."""

    framework: Code = Field("3+1/2026", examples=["3+1/2026"])


class ProgrammeWaiver(Body):
    """Why a programme starts without an endorsement of level 3, and the account of the second person."""

    reason: Annotated[Prose, "Why the programme starts without an endorsement of level 3."]
    second_person: Annotated[UUID | None, Refers("/access/v1/accounts"), "The account that confirms it."] = None


class ProgrammeFields(Body):
    """What `start` takes."""

    waiver: Annotated[
        Annotated[ProgrammeWaiver, PlainSerializer(lambda waiver: waiver.model_dump(mode="json"))] | None,
        "For `start`: the waiver instead of an endorsement.",
    ] = None


class ProgrammeElement(ResponseModel):
    """One of the four elements of a programme."""

    key: Annotated[str, Field(examples=["action-1"]), "`core` for the centre, or the pillar."]
    met: Annotated[bool, "Whether it is there: a designated centre, or an action under way, finishing or closed."]
    since: Annotated[Day | None, "Since when it is there."]
    reason: Annotated[
        str | None, Field(examples=[None]), "The code of what is missing: `centre_missing`, `actions_missing`."
    ]


class ProgrammeCompleteness(ResponseModel):
    """How many of the four elements of a programme are there, by the conditions of the country's stage."""

    value: Annotated[int, Field(ge=0, le=4, examples=[3]), "How many are there."]
    of: Annotated[int, Field(examples=[4]), "Of how many."]
    elements: Annotated[list[ProgrammeElement], "The centre and the three pillars."]


class Programme(RecordResponse, of=record.Programme, lifecycle=LIFECYCLE):
    """A programme as a caller sees it; fields that the caller may not see are absent."""

    waiver: ProgrammeWaiver | None = None
    completeness: Annotated[
        ProgrammeCompleteness, "How many of its four elements are there, the same for every caller."
    ]


def _completeness(row: Mapping[str, Any]) -> dict[str, Any]:
    found = elements(orjson.loads(row["completeness"]))
    met = sum(element["met"] for element in found)
    return {"completeness": {"value": met, "of": len(found), "elements": found}}


present = presenter(record.Programme, programme, derive=_completeness)
