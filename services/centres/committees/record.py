"""A national committee."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Document, Granted, Internal, Public, Record, Texts, Tracked, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Committee(Record):
    """A national committee. Its country never changes."""

    resource_type = Resource("centres", "committees", "committee")

    created_at: Annotated[datetime, Granted]
    updated_at: Annotated[datetime, Granted]
    names: Annotated[Texts, Public, Written]
    search_key: Annotated[str, Internal]
    host_institution_id: Annotated[UUID | None, Public, Written]
    partner_institution_ids: Annotated[list[UUID], Public, Written]
    decision: Annotated[Document | None, Granted, Written]
    bylaws: Annotated[Document | None, Granted, Written]
    previous_status: Annotated[str | None, Internal]
    formed_on: Annotated[date | None, Public, Tracked]
    recognised_on: Annotated[date | None, Public, Tracked]
    ended_on: Annotated[date | None, Public, Tracked]
