"""An agreement about a centre."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, TypedDict
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Document, Example, Granted, Internal, Public, Record, Refers, Tracked, Written


class Signature(TypedDict):
    """Who signs, and the day of the signature as YYYY-MM-DD; null before it."""

    signatory: str | None
    signed_at: str | None


class Party(Signature):
    """Who agrees, and which side it is of those that `domain.SIDES` names."""

    name: str
    institution_id: str | None
    side: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement(Record):
    """An agreement about a centre, whose country it has. It is never published. A grant over one record names the
    centre. `signers` are the labels of whoever signed, or entered signatures."""

    resource_type = Resource("centres", "agreements", "agreement")
    scope_column = "centre_id"

    visibility: Annotated[str, Public]
    created_at: Annotated[datetime, Granted]
    updated_at: Annotated[datetime, Granted]
    centre_id: Annotated[
        UUID, Public, Written, Refers("/centres/v1/centres"), "The centre that the agreement is about."
    ]
    kind: Annotated[str, Public, Written, Example("host"), "The kind of agreement."]
    parties: Annotated[Sequence[Party], Public, Written, "Who agrees."]
    search_key: Annotated[str, Internal]
    effective: Annotated[date | None, Public, Written, "The first day on which the agreement is in force."]
    expires: Annotated[date | None, Public, Written, "The last day on which the agreement is in force."]
    document: Annotated[Document | None, Public, Written, "The text of the agreement."]
    signed_copies: Annotated[
        Sequence[Document], Public, Tracked, "The signed documents with which an office signed for another side."
    ]
    signers: Annotated[list[str], Internal]
    amends_id: Annotated[
        UUID | None, Public, Written, Refers("/centres/v1/agreements"), "The agreement in force that this one amends."
    ]
    reminded_on: Annotated[date | None, Internal]
