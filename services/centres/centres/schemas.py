"""What goes over HTTP for centres."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field, PlainSerializer

from services.centres.centres import record
from services.centres.centres.domain import HOLDERS, LIFECYCLE
from services.centres.centres.tables import centre
from shared.kernel.clock import to_text
from shared.records.plain import presenter
from shared.records.record import Refers
from shared.web.fields import (
    Body,
    CountryCode,
    Day,
    Document,
    Keywords,
    Line,
    LocalizedTexts,
    Prose,
    ResponseModel,
    Titles,
    Visible,
)
from shared.web.schemas import RecordResponse


def _as_json(part: BaseModel) -> dict[str, Any]:
    return part.model_dump(mode="json")


class Position(Body):
    """Degrees in WGS 84."""

    lat: Annotated[
        float,
        Field(ge=-90, le=90, allow_inf_nan=False),
        Field(examples=[33.7]),
        "Degrees of latitude, north is positive.",
    ]
    lon: Annotated[
        float,
        Field(ge=-180, le=180, allow_inf_nan=False),
        Field(examples=[73.1]),
        "Degrees of longitude, east is positive.",
    ]


class CentreBody(Body, of=record.Centre):
    """A centre as it is written. All but country, names and host may follow before it is submitted."""

    country: CountryCode
    names: Titles
    host_institution_id: UUID
    unit: Line | None = None
    committee_id: UUID | None = None
    director_id: UUID | None = None
    themes: Keywords = []
    terms_of_reference: Document | None = None
    work_plan: Document | None = None
    host_letter: Document | None = None
    address: Prose | None = None
    position: Position | None = None
    visibility: Visible = "network"


class DesignationWaiver(Body):
    """Why a centre is designated without an endorsement, and the administrator who agrees."""

    reason: Annotated[Prose, "Why the centre is designated without an endorsement."]
    second_person: Annotated[UUID | None, Refers("/access/v1/accounts"), "The administrator who confirms it."] = None


class CentreFields(Body):
    """The fields of transitions: `starts`, `ends`, `waiver` of designate; `starts`, `ends` of renew; the documents of
    submit_renewal."""

    starts: Annotated[
        Day | None, "For `designate` and `renew`: the first day of the term; today, or the day after the last term."
    ] = None
    ends: Annotated[
        Day | None, "For `designate` and `renew`: the last day of the term; default: four years after the first."
    ] = None
    waiver: Annotated[
        Annotated[DesignationWaiver, PlainSerializer(_as_json)] | None,
        "For `designate`: the waiver instead of an endorsement.",
    ] = None
    final_report: Annotated[
        Annotated[Document, PlainSerializer(_as_json)] | None, "For `submit_renewal`: the report on the term that ends."
    ] = None
    evaluation: Annotated[
        Annotated[Document, PlainSerializer(_as_json)] | None,
        "For `submit_renewal`: the evaluation of the term that ends.",
    ] = None


class StoredWaiver(ResponseModel):
    """The waiver instead of an endorsement at the designation of a centre."""

    reason: Annotated[Prose, "Why the centre was designated without an endorsement."]
    second_person: Annotated[UUID | None, Refers("/access/v1/accounts"), "The administrator who confirmed it."]
    by: Annotated[
        str, Field(examples=["account:0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33"]), "Who proposed it: kind and id."
    ]
    on: Annotated[Day, "The day of the designation."]


class CentreTerm(ResponseModel):
    """The latest term: first and last day."""

    number: Annotated[int, Field(examples=[1]), "The first term of a centre is 1."]
    starts: Annotated[date, "The first day of the term."]
    ends: Annotated[date, "The last day of the term."]


class Clock(ResponseModel):
    """Who has the application, since when, and when the next transition is due."""

    holder: Annotated[str, Field(examples=["secretariat"]), "Who has the application: `secretariat` or `applicant`."]
    since: Annotated[datetime, "Since when the holder has it."]
    target: Annotated[datetime | None, "When the present transition is due; null where no day is set."]


class Centre(RecordResponse, of=record.Centre, lifecycle=LIFECYCLE):
    """A centre as a caller sees it. Documents and the clock are for grants that cover it."""

    names: LocalizedTexts
    host_institution_id: UUID
    unit: str | None
    committee_id: UUID | None
    director_id: UUID | None
    themes: list[str]
    address: str | None
    position: Position | None
    registration_number: str | None
    designated_on: date | None
    term: Annotated[CentreTerm | None, "The latest term; null before the first."]
    terms_of_reference: Document | None = None
    work_plan: Document | None = None
    host_letter: Document | None = None
    final_report: Document | None = None
    evaluation: Document | None = None
    clock: Annotated[Clock | None, "Who has the application, and until when; for grants that cover the centre."] = None


def _term(row: Mapping[str, Any]) -> dict[str, Any]:
    starts, ends = row["term_starts"], row["term_ends"]
    if starts is None:
        return {"term": None}
    return {"term": {"number": row["term_number"], "starts": starts.isoformat(), "ends": ends.isoformat()}}


def _clock(row: Mapping[str, Any]) -> dict[str, Any]:
    since, target = row["clock_since"], row["clock_target"]
    if since is None:
        return {"clock": None}
    holder = HOLDERS.get(row["status"], "secretariat")
    return {"clock": {"holder": holder, "since": to_text(since), "target": to_text(target) if target else None}}


present = presenter(record.Centre, centre, derive=_term, derive_private=_clock)
