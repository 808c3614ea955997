"""An expert."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Document, Granted, Internal, Part, Parts, Public, Record, Texts, Tracked, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Expert(Record):
    """An expert of the register. `account_id`: the account of the person; `assignee`: the officer who holds the file.

    Of `emails` those who are not shown all of them see the ones whose own visibility lets them.
    """

    resource_type = Resource("membership", "experts", "expert")

    country: Annotated[str, Public, Written]
    visibility: Annotated[str, Public, Written]
    created_at: Annotated[datetime, Granted]
    updated_at: Annotated[datetime, Granted]
    names: Annotated[Parts, Public, Written]
    display_name: Annotated[str, Public]
    sort_name: Annotated[str, Internal]
    search_key: Annotated[str, Internal]
    name_key: Annotated[str, Internal]
    emails: Annotated[Parts, Granted, Written]
    email_keys: Annotated[list[str], Internal]
    orcid: Annotated[str | None, Public, Written]
    languages: Annotated[list[str], Public, Written]
    fields: Annotated[list[str], Public, Written]
    planetary_boundaries: Annotated[list[str], Public, Written]
    ecosystems: Annotated[list[str], Public, Written]
    keywords: Annotated[list[str], Public, Written]
    biography: Annotated[Texts, Public, Written]
    gender: Annotated[str | None, Granted, Written]
    category: Annotated[str, Public, Written]
    previous_status: Annotated[str | None, Internal]
    term_starts: Annotated[date | None, Public, Tracked, Part]
    term_ends: Annotated[date | None, Public, Tracked, Part]
    account_id: Annotated[UUID | None, Internal]
    profile_confirmed_on: Annotated[date | None, Granted]
    conflict_of_interest_on: Annotated[date | None, Internal]
    clock_since: Annotated[datetime | None, Granted, Part]
    clock_target: Annotated[datetime | None, Granted, Part]
    assignee: Annotated[UUID | None, Granted, Tracked]
    asserted: Annotated[Document, Granted, Part]
    merged_into: Annotated[UUID | None, Internal, Tracked]
    erased_at: Annotated[datetime | None, Internal]
