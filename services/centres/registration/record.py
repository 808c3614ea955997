"""Centres, and the terms that they are designated for."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Document, Granted, Internal, Part, Public, Record, Texts, Tracked, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre(Record):
    """A centre. `term_*` are those of the latest term; `designated_on` is the day of the first decision."""

    resource_type = Resource("centres", "centres", "centre")

    created_at: Annotated[datetime, Granted]
    updated_at: Annotated[datetime, Granted]
    names: Annotated[Texts, Public, Written]
    search_key: Annotated[str, Internal]
    host_institution_id: Annotated[UUID, Public, Written]
    unit: Annotated[str | None, Public, Written]
    committee_id: Annotated[UUID | None, Public, Written]
    director_id: Annotated[UUID | None, Public, Written]
    themes: Annotated[list[str], Public, Written]
    terms_of_reference: Annotated[Document | None, Granted, Written]
    work_plan: Annotated[Document | None, Granted, Written]
    host_letter: Annotated[Document | None, Granted, Written]
    address: Annotated[str | None, Public, Written]
    position: Annotated[Document | None, Public, Written]
    final_report: Annotated[Document | None, Granted, Tracked]
    evaluation: Annotated[Document | None, Granted, Tracked]
    previous_status: Annotated[str | None, Internal]
    registration_number: Annotated[str | None, Public, Tracked]
    registration_serial: Annotated[int | None, Internal]
    designated_on: Annotated[date | None, Public, Tracked]
    term_number: Annotated[int | None, Public, Tracked, Part]
    term_starts: Annotated[date | None, Public, Tracked, Part]
    term_ends: Annotated[date | None, Public, Tracked, Part]
    clock_since: Annotated[datetime | None, Granted, Part]
    clock_target: Annotated[datetime | None, Granted, Part]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term(Record):
    """A term of a centre, with the centre's country and visibility.

    `endorsement_id` is the government's consent that a designation rests on, `waiver` what stands in its place.
    `consent_lapsed_on`: since when no endorsement of the country holds any more. `ends` is the last day that was
    decided, `ended_on` the day on which the term ended.
    """

    resource_type = Resource("centres", "terms", "term")

    created_at: Annotated[datetime, Granted]
    updated_at: Annotated[datetime, Granted]
    centre_id: Annotated[UUID, Public, Tracked]
    number: Annotated[int, Public, Tracked]
    starts: Annotated[date, Public, Tracked]
    ends: Annotated[date, Public, Tracked]
    terms_of_reference: Annotated[Document | None, Granted]
    work_plan: Annotated[Document | None, Granted]
    decided_on: Annotated[date, Public]
    endorsement_id: Annotated[UUID | None, Granted, Tracked]
    waiver: Annotated[Document | None, Granted, Tracked]
    consent_lapsed_on: Annotated[date | None, Granted, Tracked]
    ended_on: Annotated[date | None, Public, Tracked]
