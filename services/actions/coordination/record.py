"""Endorsements and letters."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import AnyJson, Day, Document, Granted, Internal, Public, Record, Tracked, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Endorsement(Record):
    """A government's consent. `claimants`: the accounts and clients that wrote the claim."""

    resource_type = Resource("actions", "endorsements", "endorsement")

    country: Annotated[str, Public, Written]
    body: Annotated[Document | None, Public, Written]
    body_id: Annotated[UUID | None, Public, Written]
    level: Annotated[int, Public, Written]
    document: Annotated[Document | None, Granted, Written]
    issued: Annotated[Day | None, Public, Written]
    valid_to: Annotated[Day | None, Public, Written]
    verified_on: Annotated[Day | None, Public, Tracked]
    withdrawn_on: Annotated[Day | None, Public, Tracked]
    withdrawal_reason: Annotated[str | None, Granted, Tracked]
    claimants: Annotated[list[UUID], Internal]
    search_key: Annotated[str, Internal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter(Record):
    """A letter to or from a government."""

    resource_type = Resource("actions", "correspondence", "correspondence")

    country: Annotated[str, Public, Written]
    direction: Annotated[str, Public, Written]
    date: Annotated[Day, Public, Written]
    subject: Annotated[str, Public, Written]
    parties: Annotated[Document, Public, Written]
    about: Annotated[AnyJson, Public, Written]
    reply_due: Annotated[Day | None, Public, Written]
    reply_to: Annotated[UUID | None, Public, Written]
    replied_on: Annotated[Day | None, Public, Tracked]
    document: Annotated[Document | None, Public, Written]
    search_key: Annotated[str, Internal]
