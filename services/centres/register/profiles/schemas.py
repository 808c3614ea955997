"""What goes over HTTP for profiles."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, TypeAlias
from uuid import UUID

from pydantic import Field, HttpUrl, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from services.centres.register.profiles import record
from services.centres.register.profiles.domain import is_stale
from services.centres.register.profiles.tables import profile
from shared.kernel.clock import today
from shared.records.columns import renderer
from shared.records.record import Refers
from shared.web.contract.fields import Body, Doi, LanguageTag, Line, Prose, ResponseModel, Titles
from shared.web.contract.schemas import Links, RecordBody
from shared.web.contract.values import written

_People: TypeAlias = Annotated[int, Field(ge=0, le=1_000_000, strict=True)]
_Year: TypeAlias = Annotated[int, Field(ge=1000, le=2100, strict=True)]


class Staff(Body):
    """How many people work at the centre; null where that is not known."""

    total: Annotated[_People | None, Field(examples=[40]), "Everybody."] = None
    researchers: Annotated[_People | None, Field(examples=[25]), "Those who do research."] = None
    technical: Annotated[_People | None, Field(examples=[10]), "Those who keep instruments and collections."] = None
    women: Annotated[_People | None, Field(examples=[20]), "The women among all of them."] = None

    @field_validator("women")
    @classmethod
    def _are_part_of_all(cls, women: int | None, info: ValidationInfo) -> int | None:
        total = info.data.get("total")
        if women is not None and total is not None and women > total:
            raise PydanticCustomError("out_of_range", "At most `total`.")
        return women


class Facility(Body):
    """A facility, or a piece of equipment."""

    titles: Annotated[Titles, "Its name, by language."]
    description: Annotated[Prose | None, Field(examples=["Soil and water analysis."]), "What it is for."] = None


class CentreService(Body):
    """What the centre offers, and to whom."""

    titles: Annotated[Titles, "Its name, by language."]
    audience: Annotated[Line | None, Field(examples=["Farmers' associations"]), "For whom it is."] = None


class Project(Body):
    """What the centre works on."""

    titles: Annotated[Titles, "Its name, by language."]
    url: Annotated[HttpUrl | None, "Its page."] = None
    action_id: Annotated[
        UUID | None, Refers("/actions/v1/actions"), "The action of a national programme that it is part of."
    ] = None


class Publication(Body):
    """What the centre has published: at a DOI or another address."""

    doi: Annotated[Doi | None, "Its DOI, without the address of a resolver."] = None
    url: Annotated[HttpUrl | None, "Its address."] = None
    title: Annotated[Line, Field(examples=["Carbon in peatlands"]), "Its title."]
    year: Annotated[_Year, Field(examples=[2026]), "The year of its publication."]

    @model_validator(mode="after")
    def _has_a_place(self) -> "Publication":
        if self.doi is None and self.url is None:
            raise PydanticCustomError("required", "Give doi or url.")
        return self


class ProfileBody(RecordBody, of=record.Profile):
    """A profile as it is written."""

    established: Annotated[_Year | None, Field(examples=[1998])] = None
    languages: Annotated[list[LanguageTag], Field(max_length=50)] = []
    staff: Staff | None = None
    facilities: Annotated[list[Facility], Field(max_length=50)] = []
    equipment: Annotated[list[Facility], Field(max_length=100)] = []
    services: Annotated[list[CentreService], Field(max_length=50)] = []
    projects: Annotated[list[Project], Field(max_length=100)] = []
    publications: Annotated[list[Publication], Field(max_length=500)] = []


class Profile(ResponseModel, of=record.Profile):
    """The profile of a centre. It has a version and an ETag of its own."""

    version: Annotated[
        int, Field(ge=0, examples=[3]), "Grows by one with each change; 0 if nobody has written the profile."
    ]
    centre_id: UUID
    website: Annotated[str | None, Field(examples=["https://soils.example.org/"])]
    established: Annotated[int | None, Field(examples=[1998])]
    languages: list[str]
    staff: Staff | None
    facilities: list[Facility]
    equipment: list[Facility]
    services: list[CentreService]
    projects: list[Project]
    publications: list[Publication]
    confirmed_on: date | None
    stale: Annotated[bool, "Whether nobody has confirmed it for twelve months, since it was made or confirmed."]
    updated_at: Annotated[datetime | None, "When it was last changed; null if nobody has written it."]
    links: Annotated[Links, "Addresses of the profile."]


def columns(body: ProfileBody) -> dict[str, Any]:
    """The body as JSON: a profile has no other columns."""
    return body.model_dump(mode="json")


written_in = written(profile, ProfileBody.model_fields)
_OWN = ("id", "ref", "status", "country", "visibility", "created_at", "created_by", "updated_by")
_render = renderer({column.key: column for column in profile.c if column.key not in _OWN})


def present(row: Mapping[str, Any]) -> dict[str, Any]:
    """The profile in a response."""
    since = row["confirmed_on"] or row["created_at"].date()
    shown = {**_render(row), "stale": bool(row["version"]) and is_stale(since, today())}
    if not row["version"]:
        shown["updated_at"] = None
    return {**shown, "links": {"self": record.Profile.address_of(record.Profile.resource_type, row)}}
