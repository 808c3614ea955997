"""What goes over HTTP for centres."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

import orjson
from pydantic import BaseModel, Field, PlainSerializer

from services.centres.designation.centres import record
from services.centres.designation.centres.clock import HELD, HOLDERS, is_overdue, is_paused, spent
from services.centres.designation.centres.domain import CAUSES, LIFECYCLE
from services.centres.designation.centres.tables import centre
from services.centres.evaluation.evaluations.schemas import JsonConditions
from shared.kernel.clock import now, to_text
from shared.records.plain import presenter
from shared.records.record import Refers
from shared.web.contract.contract import STATES
from shared.web.contract.fields import (
    Body,
    CountryCode,
    Day,
    Document,
    Line,
    LocalizedTexts,
    Prose,
    ResponseModel,
    Titles,
    Visible,
)
from shared.web.contract.questionnaires import Answers
from shared.web.contract.schemas import RecordBody, RecordResponse


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


class CentreBody(RecordBody, of=record.Centre):
    """A centre as it is written. All but country, names and host may follow before it is submitted."""

    country: CountryCode
    application_answers: Answers = {}
    position: Position | None = None
    visibility: Visible = "network"


class DesignationWaiver(Body):
    """Why a centre is designated without an endorsement, and the administrator who agrees."""

    reason: Annotated[Prose, "Why the centre is designated without an endorsement."]
    second_person: Annotated[UUID | None, Refers("/access/v1/accounts"), "The administrator who confirms it."] = None


class CentreFields(Body):
    """The fields of transitions: `starts`, `ends`, `waiver` of designate; `starts`, `ends`, `conditions` and a decision
    of renew; the documents of submit_renewal; `officer` of assign; `review_by` of suspend; `effective`, `cause`,
    `successor_id` of close; `effective`, `document` and one thing that changes, of change; `public_note` of all that
    the register shows."""

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
        Annotated[Document, PlainSerializer(_as_json)] | None,
        "For `submit_renewal`: the report on the term that ends, unless the final report of the centre is submitted.",
    ] = None
    evaluation: Annotated[
        Annotated[Document, PlainSerializer(_as_json)] | None,
        "For `submit_renewal`: the evaluation of the term that ends, unless one was completed within 18 months.",
    ] = None
    conditions: Annotated[JsonConditions | None, "For `renew`: what the centre has to do in the new term."] = None
    decision: Annotated[
        Annotated[Document, PlainSerializer(_as_json)] | None, "For `renew`: the decision about the renewal."
    ] = None
    decision_id: Annotated[
        UUID | None,
        Refers("/centres/v1/decisions"),
        "For `renew`: the adopted decision of the country's committee that stands for it.",
    ] = None
    officer: Annotated[UUID | None, "For `assign`: the account or client in charge; null for nobody."] = None
    names: Annotated[Titles | None, "For `change`: the new names, by language."] = None
    unit: Annotated[Line | None, "For `change`: the unit of the host that the centre is from then on."] = None
    director_id: Annotated[
        UUID | None, Refers("/membership/v1/experts"), "For `change`: who directs the centre from then on."
    ] = None
    host_institution_id: Annotated[
        UUID | None, Refers("/membership/v1/institutions"), "For `change`: the institution that hosts it from then on."
    ] = None
    address: Annotated[Prose | None, "For `change`: the new postal address."] = None
    position: Annotated[
        Annotated[Position, PlainSerializer(_as_json)] | None, "For `change`: the new location of the centre."
    ] = None
    effective: Annotated[
        Day | None,
        "For `change`: the first day of the new value, from the first day of the term up to 90 days ahead. For `close`:"
        " the last day of the centre, from the first day of the term up to 90 days ahead; default: today.",
    ] = None
    document: Annotated[
        Annotated[Document, PlainSerializer(_as_json)] | None, "For `change`: the decision about it."
    ] = None
    review_by: Annotated[
        Day | None, "For `suspend`: until when it is reviewed, at most twelve months ahead, which is the default."
    ] = None
    cause: Annotated[Literal[CAUSES] | None, "For `close`: why the centre closes."] = None  # type: ignore[valid-type]
    successor_id: Annotated[
        UUID | None, Refers("/centres/v1/centres"), "For `close`: the designated centre that goes on with its work."
    ] = None
    public_note: Annotated[
        Annotated[Prose, Field(max_length=500)] | None,
        "For what the register shows: what everybody may read of the transition, unlike its reason.",
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


class _Change(ResponseModel):
    """What a change is about: one of these members, or `address` and `position`."""

    names: Annotated[LocalizedTexts | None, "The names, by language."] = None
    unit: Annotated[str | None, Field(examples=["Institute of Soils"]), "The unit of the host."] = None
    director_id: Annotated[UUID | None, Refers("/membership/v1/experts"), "The director."] = None
    host_institution_id: Annotated[UUID | None, Refers("/membership/v1/institutions"), "The host."] = None
    address: Annotated[str | None, Field(examples=["1 Peat Road"]), "The postal address."] = None
    position: Annotated[Position | None, "The location."] = None
    document: Annotated[Document | None, "The decision about the change."] = None


class PendingChange(_Change):
    """A change that takes effect on a later day, with the new value."""

    effective: Annotated[Day, "The first day of the new value."]
    public_note: Annotated[str | None, Field(examples=[None]), "What the register will say of it."] = None


class PendingClosure(ResponseModel):
    """A closure that takes effect on a later day."""

    effective: Annotated[Day, "The last day of the centre."]
    cause: Annotated[str | None, Field(examples=["mutual"], json_schema_extra={STATES: [*CAUSES]}), "Why it closes."]
    successor_id: Annotated[UUID | None, Refers("/centres/v1/centres"), "The centre that goes on with its work."]
    public_note: Annotated[str | None, Field(examples=[None]), "What the register will say of it."]


class FormerValue(_Change):
    """What a centre had before a change, and from when to when."""

    from_: Annotated[date, Field(alias="from"), "The first day."]
    to: Annotated[date, "The last day."]


Holder: TypeAlias = Annotated[str, Field(examples=["secretariat"], json_schema_extra={STATES: [*HOLDERS]})]
Stage: TypeAlias = Annotated[str, Field(examples=["submitted"], json_schema_extra={STATES: [*HELD]})]


class Clock(ResponseModel):
    """Who has the file in its present stage, since when, and until when. While the applicant has a file that the
    secretariat has begun to handle, the clock is paused: `target` is null, and moves by the length of the pause."""

    stage: Annotated[Stage, "The state of the centre."]
    holder: Annotated[Holder, "Who has the file."]
    since: Annotated[datetime, "Since when the holder has it."]
    target: Annotated[datetime | None, "When the stage should end; null where no day is set."]
    paused_since: Annotated[datetime | None, "Since when the clock is paused; null otherwise."]
    spent: Annotated[
        dict[str, int],
        Field(examples=[{"applicant": 12, "secretariat": 3}]),
        "The days that each holder has had the file until today, over all stages.",
    ]
    overdue: Annotated[bool, "Whether the target has passed."]


class Centre(RecordResponse, of=record.Centre, lifecycle=LIFECYCLE):
    """A centre as a caller sees it. Documents and the clock are for grants that cover it."""

    position: Position | None
    term: Annotated[CentreTerm | None, "The latest term; null before the first."]
    application_answers: Answers | None = None
    pending_change: PendingChange | None = None
    pending_closure: PendingClosure | None = None
    closure_cause: Annotated[str | None, Field(examples=[None], json_schema_extra={STATES: [*CAUSES]})] = None
    former: Annotated[
        list[FormerValue] | None, "What it had before changes, the latest first; for grants that cover the centre."
    ] = None
    clock: Annotated[Clock | None, "Who has the application, and until when; for grants that cover the centre."] = None


def _term(row: Mapping[str, Any]) -> dict[str, Any]:
    starts, ends = row["term_starts"], row["term_ends"]
    if starts is None:
        return {"term": None}
    return {"term": {"number": row["term_number"], "starts": starts.isoformat(), "ends": ends.isoformat()}}


def _clock(row: Mapping[str, Any]) -> dict[str, Any]:
    holder, since, target, at = row["clock_holder"], row["clock_since"], row["clock_target"], now()
    if holder is None or since is None:
        return {"clock": None}
    earlier = row["clock_spent"]
    clock = {
        "stage": row["status"],
        "holder": holder,
        "since": to_text(since),
        "target": None if target is None or is_paused(holder, target) else to_text(target),
        "paused_since": to_text(since) if is_paused(holder, target) else None,
        "spent": spent(orjson.loads(earlier) if isinstance(earlier, str) else earlier, holder, since, at),
        "overdue": is_overdue(holder, target, at),
    }
    return {"clock": clock}


present = presenter(record.Centre, centre, derive=_term, derive_private=_clock)
