"""What goes over HTTP for focal points."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from services.actions.coordination.focal_points import record
from services.actions.coordination.focal_points.domain import LIFECYCLE
from services.actions.coordination.focal_points.tables import focal_point
from shared.records.plain import presenter
from shared.records.record import Refers
from shared.web.contract.fields import Body, CountryCode, Day, Document, JsonDocument, Line, Visible
from shared.web.contract.schemas import RecordResponse
from shared.web.contract.values import row_values


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


class Nominee(Body, of=record.FocalPoint):
    """Whom a government names, and its letter."""

    person: Person
    account_id: UUID | None = None
    letter: Document | None = None

    @model_validator(mode="after")
    def _has_one_account(self) -> "Nominee":
        if self.account_id is not None and self.person.expert_id is not None:
            raise PydanticCustomError("expert_or_account", "The account of an expert follows from their record.")
        return self


class Successor(Nominee):
    """Who follows a focal point, and the letter that says so."""

    letter: JsonDocument | None = None


class FocalPointBody(Nominee):
    """A focal point as it is written; its country stays."""

    body_id: UUID | None = None
    role: Line | None = None
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
    """What `hand_over` takes."""

    until: Annotated[Day | None, "For `hand_over`: the last day in office, at most 60 days from today."] = None
    successor: Annotated[
        Successor | None, "For `hand_over`: who follows at once, with the open tasks and the role of the office."
    ] = None


class FocalPoint(RecordResponse, of=record.FocalPoint, lifecycle=LIFECYCLE):
    """A focal point as a caller sees it."""

    person: Person


def columns(body: FocalPointBody) -> dict[str, Any]:
    """The columns that a body sets; the expert's id has its own column in addition to the person's."""
    return {**row_values(body, focal_point), "expert_id": body.person.expert_id}


present = presenter(record.FocalPoint, focal_point)
