"""Country programmes."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Document, Granted, Public, Record, Tracked, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme(Record):
    """A country's programme under a framework."""

    resource_type = Resource("actions", "programmes", "programme")

    country: Annotated[str, Public, Written]
    framework: Annotated[str, Public, Written]
    committee_id: Annotated[UUID | None, Public, Written]
    centre_id: Annotated[UUID | None, Public, Written]
    lead_body_id: Annotated[UUID | None, Granted, Written]
    waiver: Annotated[Document | None, Granted, Tracked]
    started_on: Annotated[date | None, Public, Tracked]
    completed_on: Annotated[date | None, Public, Tracked]
