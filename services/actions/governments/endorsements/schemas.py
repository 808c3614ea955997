"""What goes over HTTP for endorsements."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from services.actions.governments.endorsements import domain, record
from services.actions.governments.endorsements.tables import endorsement
from services.actions.governments.government_bodies.domain import BODY_KINDS
from shared.records.plain import presenter
from shared.web.contract.fields import Body, Day, JsonDocument, Line, Visible
from shared.web.contract.schemas import RecordBody, RecordResponse


class IssuingBody(Body):
    """Who speaks, where the body is not among the government bodies."""

    name: Annotated[Line, Field(examples=["Ministry of Environment"]), "The name of the body."]
    kind: Annotated[Literal[BODY_KINDS], "The kind of body."] = "other"  # type: ignore[valid-type]


class EndorsementBody(RecordBody, of=record.Endorsement):
    """An endorsement as it is written; its country stays."""

    body: Annotated[IssuingBody | None, Field(examples=[{"name": "Ministry of Environment", "kind": "ministry"}])] = (
        None
    )
    body_id: UUID | None = None
    level: Annotated[int, Field(ge=1, le=5, strict=True)]
    issued: Day | None = None
    valid_to: Day | None = None
    visibility: Visible = "network"

    @model_validator(mode="after")
    def _is_whole(self) -> "EndorsementBody":
        if (self.body is None) == (self.body_id is None):
            raise PydanticCustomError("body_or_body_id", "Give either body or body_id.")
        if self.issued and self.valid_to and self.valid_to < self.issued:
            raise PydanticCustomError("invalid_date", "An endorsement ends after it was issued.")
        return self


class EndorsementCreate(EndorsementBody, of=record.Endorsement, is_creation=True):
    """A claim that a government endorses the plan in its country."""


class EndorsementFields(Body):
    """What `verify` takes."""

    document: Annotated[JsonDocument | None, "For `verify`: the letter of the government."] = None


class Endorsement(RecordResponse, of=record.Endorsement, lifecycle=domain.LIFECYCLE):
    """An endorsement as a caller sees it."""

    body: IssuingBody | None


present = presenter(record.Endorsement, endorsement)
