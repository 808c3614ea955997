"""Country programmes."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, TypedDict
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Country, Example, Fixed, Granted, Public, Record, Refers, Tracked, Written


class Waiver(TypedDict):
    """Why a programme starts without an endorsement of level 3, and the account of the second person."""

    reason: str
    second_person: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme(Record):
    """A country's programme under a framework."""

    resource_type = Resource("actions", "programmes", "programme")

    country: Annotated[
        str, Public, Written, Country, Fixed, "The country of the programme, as an ISO 3166-1 alpha-2 code."
    ]
    framework: Annotated[
        str, Public, Written, Fixed, Example("3+1/2026"), "The code of the framework that the programme follows."
    ]
    committee_id: Annotated[
        UUID | None, Public, Written, Refers("/centres/v1/committees"), "The committee that leads the programme."
    ]
    centre_id: Annotated[
        UUID | None, Public, Written, Refers("/centres/v1/centres"), "The centre that links the three actions."
    ]
    lead_body_id: Annotated[
        UUID | None,
        Granted,
        Written,
        Refers("/actions/v1/government_bodies"),
        "The government body that leads; for grants that cover the programme.",
    ]
    waiver: Annotated[
        Waiver | None,
        Granted,
        Tracked,
        "The waiver instead of an endorsement; for grants that cover the programme.",
    ]
    started_on: Annotated[date | None, Public, Tracked, "The day on which the programme started."]
    completed_on: Annotated[date | None, Public, Tracked, "The day on which the programme ended."]
