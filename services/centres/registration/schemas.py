"""What goes over HTTP for centres."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, PlainSerializer

from services.centres.registration import record
from services.centres.registration.domain import HOLDERS
from services.centres.registration.tables import centre
from shared.kernel.clock import to_text
from shared.records.plain import presenter
from shared.web.fields import (
    Answer,
    Body,
    CountryCode,
    Day,
    Document,
    Keyword,
    Line,
    Prose,
    RecordAnswer,
    Titles,
    Visible,
)


def _each_once(words: list[str]) -> list[str]:
    return list(dict.fromkeys(words))


def _as_json(part: BaseModel) -> dict[str, Any]:
    return part.model_dump(mode="json")


class Position(Body):
    """Degrees in WGS 84."""

    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]


class CentreBody(Body):
    """A centre as it is written. All but country, names and host may follow before it is submitted."""

    country: CountryCode
    names: Titles
    host_institution_id: UUID
    unit: Line | None = None
    committee_id: UUID | None = None
    director_id: UUID | None = None
    themes: Annotated[list[Keyword], Field(max_length=50), AfterValidator(_each_once)] = []
    terms_of_reference: Document | None = None
    work_plan: Document | None = None
    host_letter: Document | None = None
    address: Prose | None = None
    position: Position | None = None
    visibility: Visible = "network"


class Waiver(Body):
    """Why a centre is designated without an endorsement, and the administrator who agrees."""

    reason: Prose
    second_person: UUID | None = None


class CentreFields(Body):
    """The fields of steps: `starts`, `ends`, `waiver` of designate; `starts`, `ends` of renew; the documents of
    submit_renewal."""

    starts: Day | None = None
    ends: Day | None = None
    waiver: Annotated[Waiver, PlainSerializer(_as_json)] | None = None
    final_report: Annotated[Document, PlainSerializer(_as_json)] | None = None
    evaluation: Annotated[Document, PlainSerializer(_as_json)] | None = None


class CentreTerm(Answer):
    """The latest term: first and last day."""

    number: int
    starts: date
    ends: date


class Clock(Answer):
    """Who holds the file, since when, and when the step should be done."""

    holder: str
    since: datetime
    target: datetime | None


class Centre(RecordAnswer):
    """A centre as a caller sees it. Documents and the clock are for grants that cover it."""

    names: dict[str, str]
    host_institution_id: UUID
    unit: str | None
    committee_id: UUID | None
    director_id: UUID | None
    themes: list[str]
    address: str | None
    position: dict[str, float] | None
    registration_number: str | None
    designated_on: date | None
    term: CentreTerm | None
    terms_of_reference: dict[str, Any] | None = None
    work_plan: dict[str, Any] | None = None
    host_letter: dict[str, Any] | None = None
    final_report: dict[str, Any] | None = None
    evaluation: dict[str, Any] | None = None
    clock: Clock | None = None


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
