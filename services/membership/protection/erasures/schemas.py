"""What goes over HTTP for erasures."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.membership.protection.erasures import record
from services.membership.protection.erasures.domain import LIFECYCLE
from services.membership.protection.erasures.tables import erasure
from shared.records.plain import presenter
from shared.records.record import Refers
from shared.web.contract.fields import Body, Day, Prose, ResponseModel
from shared.web.contract.schemas import RecordResponse


class ErasureBody(Body):
    """A request for an erasure."""

    reason: Annotated[Prose | None, "Why; an administrator gives one."] = None
    second_person: Annotated[
        UUID | None, Refers("/access/v1/accounts"), "The only account that may confirm an administrator's request."
    ] = None


class ErasureFields(Body):
    """What the transitions of an erasure take."""

    until: Annotated[Day | None, "For `hold`: its last day, at most a year from today."] = None
    second_person: Annotated[
        UUID | None, Refers("/access/v1/accounts"), "For `hold`: the only account that may confirm."
    ] = None


class ToReview(ResponseModel):
    """A text or document that may name the person."""

    link: Annotated[
        str, Field(examples=["/actions/v1/meetings/0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33"]), "The record's address."
    ]
    field: Annotated[str, Field(examples=["participants"]), "The field of the record."]


class Erasure(RecordResponse, of=record.Erasure, lifecycle=LIFECYCLE):
    """An erasure as a caller sees it."""

    review: list[ToReview] | None = None


present = presenter(record.Erasure, erasure)
