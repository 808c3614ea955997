"""What goes over HTTP for agreements."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.centres.designation.agreements import record
from services.centres.designation.agreements.domain import KINDS, LIFECYCLE, SIDES
from services.centres.designation.agreements.tables import agreement
from shared.records.plain import presenter
from shared.records.record import Refers
from shared.web.contract.fields import Body, Day, JsonDocument, Line, ResponseModel
from shared.web.contract.schemas import RecordBody, RecordResponse


class AgreementParty(Body):
    """Who agrees; `signed_at` is the day of the signature, or null. The secretariat's office enters signatures of a new
    agreement, with the signed document; everybody else signs with the transition `sign`."""

    name: Annotated[Line, "The party's name."]
    institution_id: Annotated[
        UUID | None, Refers("/membership/v1/institutions"), "The institution of the register that the party is."
    ] = None
    side: Annotated[
        Literal[SIDES] | None,  # type: ignore[valid-type]
        "Whom the party stands for, and so who signs for it. By default `institution` with an `institution_id`;"
        " `secretariat` for the only party that names neither, if none of the others is; else `other`. Never null in a"
        " response.",
    ] = None
    signatory: Annotated[Line | None, Field(examples=["Amina Khan"]), "Who signs for the party."] = None
    signed_at: Annotated[Day | None, "The day of the signature; null before it."] = None


class AgreementBody(RecordBody, of=record.Agreement):
    """An agreement as it is written."""

    kind: Literal[KINDS]  # type: ignore[valid-type]
    parties: Annotated[list[AgreementParty], Field(min_length=1, max_length=20)]


class AgreementFields(Body):
    """The fields of `sign`: the party's name, who signed, when, and what another side has signed."""

    party: Annotated[
        Line | None,
        "For `sign`: the name of the party that signs; by default the caller's own side, or the only one that is left.",
    ] = None
    signatory: Annotated[Line | None, Field(examples=["Amina Khan"]), "For `sign`: who signs."] = None
    signed_at: Annotated[Day | None, "For `sign`: the day of the signature, not after today, the default."] = None
    document: Annotated[
        JsonDocument | None,
        "For `sign`: what the party has signed, if an office signs for another side than the secretariat; only then.",
    ] = None


class Amendment(ResponseModel):
    """An agreement that amends another one."""

    id: Annotated[UUID, Refers("/centres/v1/agreements"), "Its id."]
    ref: Annotated[str, Field(examples=["AGR-000007"]), "Its ref."]
    status: Annotated[str, Field(examples=["in_force"]), "Its state."]
    effective: Annotated[date | None, "The first day on which it is in force."]
    expires: Annotated[date | None, "Its last day, which is that of the amended agreement since it is in force."]


class Agreement(RecordResponse, of=record.Agreement, lifecycle=LIFECYCLE):
    """An agreement as a caller sees it."""

    parties: list[AgreementParty]
    amendments: Annotated[list[Amendment] | None, "In an item, what amends it, the first one first."] = None


present = presenter(record.Agreement, agreement)
