"""What goes over HTTP for endorsements and letters."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, PlainSerializer, model_validator
from pydantic_core import PydanticCustomError

from services.actions.coordination import domain, record
from services.actions.coordination.tables import correspondence, endorsement
from shared.kernel.clock import today
from shared.records.plain import presenter
from shared.web.fields import Body, CountryCode, Day, Document, Line, Visible
from shared.web.schemas import RecordAnswer

JsonDocument = Annotated[Document, PlainSerializer(lambda document: document.model_dump(mode="json"))]
"""A document as JSON values, whatever the rest of the body becomes."""


class IssuingBody(Body):
    """Who speaks, where the body is not among the government bodies."""

    name: Annotated[Line, Field(examples=["Ministry of Environment"]), "The name of the body."]
    kind: Annotated[Literal[domain.BODY_KINDS], "The kind of body."] = "other"  # type: ignore[valid-type]


class EndorsementBody(Body, of=record.Endorsement):
    """An endorsement as it is written; its country stays."""

    body: Annotated[IssuingBody | None, Field(examples=[{"name": "Ministry of Environment", "kind": "ministry"}])] = (
        None
    )
    body_id: UUID | None = None
    level: Annotated[int, Field(ge=1, le=5, strict=True)]
    document: Document | None = None
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


class EndorsementCreate(EndorsementBody, of=record.Endorsement):
    """A claim that a government endorses the plan in its country."""

    country: CountryCode


class EndorsementFields(Body):
    """What `verify` takes."""

    document: Annotated[JsonDocument | None, "Of `verify`: the letter of the government."] = None


class Endorsement(RecordAnswer, of=record.Endorsement, lifecycle=domain.ENDORSEMENT):
    """An endorsement as a caller sees it."""

    body: IssuingBody | None
    body_id: UUID | None
    level: Annotated[int, Field(examples=[3])]
    document: Document | None = None
    issued: date | None
    valid_to: date | None
    verified_on: date | None
    withdrawn_on: date | None
    withdrawal_reason: str | None = None


class Party(Body):
    """Who wrote or was written to."""

    name: Annotated[Line, Field(examples=["Amina Khan"]), "The name of the person or body."]
    role: Annotated[Line | None, Field(examples=["Secretary"]), "In what office."] = None


class LetterBody(Body, of=record.Letter):
    """A letter, mail or note as it is written; its country and direction stay."""

    date: Day = Field(default_factory=today)
    subject: Line
    parties: Annotated[list[Party | Line], Field(max_length=100)] = []
    about: Annotated[list[Line], Field(max_length=100)] = []
    reply_due: Day | None = None
    reply_to: UUID | None = None
    document: Document | None = None
    visibility: Visible = "restricted"


class LetterCreate(LetterBody):
    """A letter that came in or went out."""

    country: CountryCode
    direction: Literal["in", "out"]


class LetterFields(Body):
    """What `await` takes."""

    reply_due: Annotated[Day | None, "Of `await`: the day until which a reply is awaited."] = None


class Correspondence(RecordAnswer, of=record.Letter, lifecycle=domain.CORRESPONDENCE):
    """A letter as a caller sees it. `overdue`: a reply is awaited and its day is over."""

    direction: Annotated[str, Field(examples=["in"])]
    date: Day
    subject: Annotated[str, Field(examples=["Nomination of a focal point"])]
    parties: list[Party | str]
    about: Annotated[list[str], Field(examples=[["PRG-000001"]])]
    reply_due: Day | None
    reply_to: UUID | None
    replied_on: Day | None
    document: Document | None
    overdue: Annotated[bool, "Whether a reply is awaited and its day is over."]


def _overdue(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"overdue": domain.is_overdue(row["status"], row["reply_due"], today())}


present_endorsement = presenter(record.Endorsement, endorsement)
present_letter = presenter(record.Letter, correspondence, derive=_overdue)
