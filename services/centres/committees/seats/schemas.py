"""What goes over HTTP for seats: `person`, `from` and `to` are the columns expert_id, person_name, starts, ends."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from services.centres.committees.seats import record
from services.centres.committees.seats.domain import LIFECYCLE, OFFICES
from services.centres.committees.seats.tables import seat
from shared.records.plain import presenter
from shared.records.record import Refers
from shared.web.contract.fields import Body, PartialDate, PersonName, Prose
from shared.web.contract.schemas import RecordResponse


class SeatHolder(Body):
    """The person in the seat: an expert of the register, or a name."""

    expert_id: Annotated[UUID | None, Refers("/membership/v1/experts"), "The expert in the seat."] = None
    name: Annotated[PersonName | None, "The name of somebody who is no expert of the register."] = None

    @model_validator(mode="after")
    def _names_somebody(self) -> "SeatHolder":
        if (self.expert_id is None) == (self.name is None):
            raise PydanticCustomError("invalid_value", "Give either expert_id or name.")
        return self


class SeatBody(Body, of=record.Seat):
    """The body of a seat. Without `from` it has no start date, without `to` no end date."""

    committee_id: UUID
    person: Annotated[SeatHolder, "The person in the seat."]
    office: Literal[OFFICES]  # type: ignore[valid-type]
    from_: Annotated[
        PartialDate | None,
        Field(alias="from"),
        "The first day, as year, month or day; no start date if absent.",
    ] = None
    to: Annotated[PartialDate | None, "The last day, as year, month or day; no end date if absent."] = None
    reason: Prose | None = None


class SeatFields(Body):
    """The fields of `end`: its last day, by default today."""

    to: Annotated[PartialDate | None, "For `end`: the last day; default: today."] = None


class Seat(RecordResponse, of=record.Seat, lifecycle=LIFECYCLE):
    """A seat as a caller sees it."""

    person: Annotated[SeatHolder, "The person in the seat."]
    from_: Annotated[
        str | None,
        Field(alias="from"),
        Field(examples=["2026-11"]),
        "The first day, as year, month or day; null since the beginning.",
    ]
    to: Annotated[
        str | None, Field(examples=["2030"]), "The last day, as year, month or day; null until the seat is ended."
    ]


def columns(body: SeatBody) -> dict[str, Any]:
    """The columns that a body gives; the person has two, one of which is null."""
    return {
        "committee_id": body.committee_id,
        "expert_id": body.person.expert_id,
        "person_name": body.person.name,
        "office": body.office,
        "starts": body.from_,
        "ends": body.to,
        "reason": body.reason,
    }


def written(row: Mapping[str, Any]) -> dict[str, Any]:
    """The body that the row represents, into which a patch is merged."""
    return {"committee_id": row["committee_id"], "office": row["office"], "reason": row["reason"], **_parts(row)}


def _parts(row: Mapping[str, Any]) -> dict[str, Any]:
    expert = row["expert_id"]
    person = {"name": row["person_name"]} if expert is None else {"expert_id": str(expert)}
    return {"person": person, "from": row["starts"], "to": row["ends"]}


present = presenter(record.Seat, seat, derive=_parts)
