"""An agreement about a centre."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Document, Granted, Internal, Parts, Public, Record, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement(Record):
    """An agreement about a centre, whose country it has. It is never published."""

    resource_type = Resource("centres", "agreements", "agreement")

    visibility: Annotated[str, Public]
    created_at: Annotated[datetime, Granted]
    updated_at: Annotated[datetime, Granted]
    centre_id: Annotated[UUID, Public, Written]
    kind: Annotated[str, Public, Written]
    parties: Annotated[Parts, Public, Written]
    search_key: Annotated[str, Internal]
    effective: Annotated[date | None, Public, Written]
    expires: Annotated[date | None, Public, Written]
    document: Annotated[Document | None, Public, Written]
