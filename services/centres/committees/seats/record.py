"""A seat on a committee."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Example, Granted, Internal, Part, Public, Record, Refers, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat(Record):
    """A seat on a committee, with the committee's country and visibility.

    The database derives the days that an office is taken from `starts` and `ends`, which may be partial dates. It
    numbers the terms again, and dates the rotations, when a seat of the committee or its rotation changes.
    """

    resource_type = Resource("centres", "seats", "seat")

    created_at: Annotated[datetime, Granted]
    updated_at: Annotated[datetime, Granted]
    committee_id: Annotated[
        UUID, Public, Written, Refers("/centres/v1/committees"), "The committee that the seat is on."
    ]
    expert_id: Annotated[UUID | None, Public, Written, Part]
    person_name: Annotated[str | None, Public, Written, Part]
    search_key: Annotated[str, Internal]
    office: Annotated[str, Public, Written, Example("president"), "The office that the seat gives on the committee."]
    starts: Annotated[str | None, Public, Written, Part]
    ends: Annotated[str | None, Public, Written, Part]
    reason: Annotated[
        str | None,
        Granted,
        Written,
        "Why the person has more terms than the rotation allows; for grants that cover the seat.",
    ]
    term: Annotated[int, Public, Example(1), "The number of the person's term in this office of the committee, from 1."]
    rotation_due: Annotated[
        date | None, Public, "The day from which somebody else may follow; null without a rotation or a first day."
    ]
    reminded_on: Annotated[date | None, Internal]
