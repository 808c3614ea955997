"""A period of a framework, and its extensions."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Example, Fixed, Internal, Public, Record, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Period(Record):
    """A time for which results are expected. It belongs to no country."""

    resource_type = Resource("actions", "periods", "period")

    country: Annotated[str | None, Public]  # type: ignore[assignment]
    visibility: Annotated[str, Public]
    framework: Annotated[
        str, Public, Written, Fixed, Example("3+1/2026"), "The code of the framework. It never changes."
    ]
    code: Annotated[
        str,
        Public,
        Written,
        Fixed,
        Example("2026"),
        "A year, or a half-year, quarter or month of it. It never changes.",
    ]
    starts: Annotated[date, Public, Written, Fixed, "The first day of the time that results are about."]
    ends: Annotated[date, Public, Written, Fixed, "The last day of the time that results are about."]
    opens_on: Annotated[date, Public, Written, "The first day on which results are entered."]
    due_on: Annotated[date, Public, Written, "The last day on which results are in time."]
    closes_on: Annotated[
        date | None, Public, Written, "The last day on which results are entered; null until somebody sets another one."
    ]
    locks_on: Annotated[
        date | None, Public, Written, "The day from which only the secretariat revises results; null for none."
    ]
    reminded_on: Annotated[date | None, Internal]
    """The day of the latest reminder of reports that nobody has begun."""


@dataclass(frozen=True, slots=True)
class Extension:
    """More time for one country, which enters results until a day though the period is closed."""

    period_id: UUID
    country: str
    visibility: str
    until: date
    reason: str
    created_at: datetime
    created_by: str
