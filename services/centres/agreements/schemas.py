"""What goes over HTTP for agreements."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.centres.agreements import record
from services.centres.agreements.domain import KINDS, LIFECYCLE
from services.centres.agreements.tables import agreement
from shared.records.plain import presenter
from shared.records.record import Refers
from shared.web.fields import Body, Day, Document, Line, ResponseModel
from shared.web.schemas import RecordResponse


class AgreementParty(Body):
    """Who agrees; `signed_at` is the day of the signature, or null."""

    name: Annotated[Line, "The party's name."]
    institution_id: Annotated[
        UUID | None, Refers("/membership/v1/institutions"), "The institution of the register that the party is."
    ] = None
    signatory: Annotated[Line | None, Field(examples=["Amina Khan"]), "Who signs for the party."] = None
    signed_at: Annotated[Day | None, "The day of the signature; null before it."] = None


class AgreementBody(Body, of=record.Agreement):
    """An agreement as it is written."""

    centre_id: UUID
    kind: Literal[KINDS]  # type: ignore[valid-type]
    parties: Annotated[list[AgreementParty], Field(min_length=1, max_length=20)]
    effective: Day | None = None
    expires: Day | None = None
    document: Document | None = None
    amends_id: UUID | None = None


class AgreementFields(Body):
    """The fields of `sign`: the party's name (it may be left out where one is left), who signed, and when."""

    party: Annotated[
        Line | None, "For `sign`: the name of the party that signs; may be absent where one party is left."
    ] = None
    signatory: Annotated[Line | None, Field(examples=["Amina Khan"]), "For `sign`: who signs."] = None
    signed_at: Annotated[Day | None, "For `sign`: the day of the signature; default: today."] = None


class Amendment(ResponseModel):
    """An agreement that amends another one."""

    id: Annotated[UUID, Refers("/centres/v1/agreements"), "Its id."]
    ref: Annotated[str, Field(examples=["AGR-000007"]), "Its ref."]
    status: Annotated[str, Field(examples=["in_force"]), "Its state."]
    effective: Annotated[date | None, "The first day on which it is in force."]
    expires: Annotated[date | None, "Its last day, which is that of the amended agreement since it is in force."]


class Agreement(RecordResponse, of=record.Agreement, lifecycle=LIFECYCLE):
    """An agreement as a caller sees it."""

    centre_id: UUID
    kind: Annotated[str, Field(examples=["host"])]
    parties: list[AgreementParty]
    effective: date | None
    expires: date | None
    document: Document | None
    amends_id: UUID | None
    amendments: Annotated[list[Amendment] | None, "In an item, what amends it, the first one first."] = None


present = presenter(record.Agreement, agreement)
