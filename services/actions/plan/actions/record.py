"""An action of a programme."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, TypedDict
from uuid import UUID

from services.actions.classification.schemes.record import Tag
from shared.kernel.resource import Resource
from shared.records.record import (
    Document,
    Example,
    Fixed,
    Granted,
    Internal,
    Public,
    Record,
    Refers,
    Searched,
    Texts,
    Titles,
    Tracked,
    Written,
)


class Participant(TypedDict):
    """An institution that takes part, with its role by OrganisationRole of IATI."""

    institution_id: str
    role: int


class Budget(TypedDict):
    """Money in a currency of ISO 4217."""

    amount: float
    currency: str


class Baseline(TypedDict):
    """The figure that progress is measured from, as of a year, month or day."""

    measure: str | None
    value: float
    unit: str
    date: str
    source: Document | None


class Location(TypedDict):
    """Where an action takes place: a name or a subdivision of the country, and a point in WGS 84 or none."""

    name: str | None
    subdivision: str | None
    lat: float | None
    lon: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Action(Record):
    """An action, with its programme's country and visibility."""

    resource_type = Resource("actions", "actions", "action")

    visibility: Annotated[str, Public]
    programme_id: Annotated[
        UUID, Public, Written, Fixed, Refers("/actions/v1/programmes"), "The programme that the action belongs to."
    ]
    pillar: Annotated[
        str,
        Public,
        Written,
        Example("action-1"),
        "Which of the three proactive actions of the framework this is part of.",
    ]
    kind: Annotated[str, Public, Written, Example("action"), "The kind of action."]
    titles: Annotated[Texts, Public, Written, Searched, Titles, "The action's titles, by language."]
    descriptions: Annotated[Texts, Public, Written, "What is done and what for, by language."]
    planned_start: Annotated[date | None, Public, Written, "The day on which the action is to start."]
    planned_end: Annotated[date | None, Public, Written, "The day on which the action is to end."]
    actual_start: Annotated[date | None, Public, Tracked, "The day on which the action started."]
    actual_end: Annotated[date | None, Public, Tracked, "The day on which the action ended."]
    participants: Annotated[Sequence[Participant], Public, Written, "The institutions that take part."]
    locations: Annotated[Sequence[Location], Public, Written, "Where the action takes place."]
    tags: Annotated[Sequence[Tag], Public, Written, "Codes of schemes, such as targets of the SDGs."]
    budget: Annotated[Budget | None, Granted, Written, "The money that is planned; for grants that cover the action."]
    baseline: Annotated[Baseline | None, Public, Written, "The figure that progress is measured from."]
    previous_status: Annotated[str | None, Internal]
    search_key: Annotated[str, Internal]
