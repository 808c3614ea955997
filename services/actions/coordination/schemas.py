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
from shared.web.fields import Body, CountryCode, Day, Document, Line, RecordAnswer, Visible

JsonDocument = Annotated[Document, PlainSerializer(lambda document: document.model_dump(mode="json"))]
"""A document as JSON values, whatever the rest of the body becomes."""


class IssuingBody(Body):
    """Who speaks, where the body is not among the government bodies."""

    name: Line
    kind: Literal[domain.BODY_KINDS] = "other"  # type: ignore[valid-type]


class EndorsementBody(Body):
    """An endorsement as it is written; its country stays."""

    body: IssuingBody | None = None
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


class EndorsementCreate(EndorsementBody):
    """A claim that a government endorses the plan in its country."""

    country: CountryCode


class EndorsementFields(Body):
    """What `verify` takes."""

    document: JsonDocument | None = None


class Endorsement(RecordAnswer):
    """An endorsement as a caller sees it."""

    body: dict[str, Any] | None
    body_id: UUID | None
    level: int
    document: dict[str, Any] | None = None
    issued: date | None
    valid_to: date | None
    verified_on: date | None
    withdrawn_on: date | None
    withdrawal_reason: str | None = None


class Party(Body):
    """Who wrote or was written to."""

    name: Line
    role: Line | None = None


class LetterBody(Body):
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

    reply_due: Day | None = None


class Correspondence(RecordAnswer):
    """A letter as a caller sees it. `overdue`: a reply is awaited and its day is over."""

    direction: str
    date: Day
    subject: str
    parties: list[Any]
    about: list[str]
    reply_due: Day | None
    reply_to: UUID | None
    replied_on: Day | None
    document: dict[str, Any] | None
    overdue: bool


def _overdue(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"overdue": domain.is_overdue(row["status"], row["reply_due"], today())}


present_endorsement = presenter(record.Endorsement, endorsement)
present_letter = presenter(record.Letter, correspondence, derive=_overdue)
