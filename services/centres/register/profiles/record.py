"""The profile of a centre."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, TypedDict
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Public, Record, Refers, Texts, Tracked, Url, Written


class Staff(TypedDict):
    """How many people work at the centre; null where that is not known."""

    total: int | None
    researchers: int | None
    technical: int | None
    women: int | None


class Facility(TypedDict):
    """What a centre works with."""

    titles: Texts
    description: str | None


class Service(TypedDict):
    """What a centre offers, and to whom."""

    titles: Texts
    audience: str | None


class Project(TypedDict):
    """What a centre works on."""

    titles: Texts
    url: str | None
    action_id: str | None


class Publication(TypedDict):
    """What a centre has published."""

    doi: str | None
    url: str | None
    title: str
    year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile(Record):
    """The profile of a centre, with the centre's country and visibility. Whoever may know of the centre reads it."""

    resource_type = Resource("centres", "profiles", "profile")
    scope_column = "centre_id"
    path = "/centres/v1/centres/{centre_id}/profile"

    visibility: Annotated[str, Public]
    centre_id: Annotated[UUID, Public, Refers("/centres/v1/centres"), "The centre that it describes."]
    website: Annotated[str | None, Public, Written, Url, "The website of the centre."]
    established: Annotated[int | None, Public, Written, "The year in which the centre was established."]
    languages: Annotated[list[str], Public, Written, "The languages of work."]
    staff: Annotated[Staff | None, Public, Written, "How many people work at the centre."]
    facilities: Annotated[Sequence[Facility], Public, Written, "Laboratories, stations, libraries and the like."]
    equipment: Annotated[Sequence[Facility], Public, Written, "Instruments, vessels, computers and the like."]
    services: Annotated[Sequence[Service], Public, Written, "What the centre offers to others."]
    projects: Annotated[Sequence[Project], Public, Written, "What the centre works on."]
    publications: Annotated[Sequence[Publication], Public, Written, "What the centre has published."]
    confirmed_on: Annotated[
        date | None, Public, Tracked, "The day on which somebody last confirmed that all of it is true."
    ]
