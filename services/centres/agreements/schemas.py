"""What goes over HTTP for agreements."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from services.centres.agreements import record
from services.centres.agreements.domain import KINDS
from services.centres.agreements.tables import agreement
from shared.records.plain import presenter
from shared.web.fields import Body, Day, Document, Line, RecordAnswer


class AgreementParty(Body):
    """Who agrees; `signed_at` is the day of the signature, or null."""

    name: Line
    institution_id: UUID | None = None
    signatory: Line | None = None
    signed_at: Day | None = None


class AgreementBody(Body):
    """An agreement as it is written."""

    centre_id: UUID
    kind: Literal[KINDS]  # type: ignore[valid-type]
    parties: Annotated[list[AgreementParty], Field(min_length=1, max_length=20)]
    effective: Day | None = None
    expires: Day | None = None
    document: Document | None = None


class AgreementFields(Body):
    """The fields of `sign`: the party's name (it may be left out where one is left), who signed, and when."""

    party: Line | None = None
    signatory: Line | None = None
    signed_at: Day | None = None


class Agreement(RecordAnswer):
    """An agreement as a caller sees it."""

    centre_id: UUID
    kind: str
    parties: list[dict[str, Any]]
    effective: date | None
    expires: date | None
    document: dict[str, Any] | None


present = presenter(record.Agreement, agreement)
