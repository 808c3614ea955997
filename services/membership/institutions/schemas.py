"""What goes over HTTP for institutions and matches."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, HttpUrl, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from services.membership.duplicates.schemas import Lookalike
from services.membership.institutions.domain import NAME_TYPES, TYPES, normal_domain
from services.membership.institutions.matching.ranking import Match as Found
from services.membership.institutions.operations import INSTITUTIONS
from services.membership.institutions.queries import render_public, render_whole
from services.membership.institutions.relations import KINDS
from shared.database.statements import Row
from shared.records.access_scope import AccessScope
from shared.web.fields import Answer, Body, CountryCode, LanguageTag, Line, Links, RecordAnswer, RorId, Visible


def _domain(text: str) -> str:
    found = normal_domain(text)
    if found is None:
        raise PydanticCustomError("invalid_domain", "Not a domain, such as example.org.")
    return found


def _once(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


Domain = Annotated[str, StringConstraints(max_length=300), AfterValidator(_domain), Field(examples=["example.org"])]


class InstitutionName(Body):
    """One name, as in ROR schema 2.1."""

    value: Line
    language: LanguageTag | None = None
    types: Annotated[list[Literal[NAME_TYPES]], Field(max_length=5)] = ["label"]  # type: ignore[valid-type]


class Location(Body):
    """Where it lies; `geonames` is the number of GeoNames."""

    subdivision: Line | None = None
    city: Line | None = None
    geonames: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)] | None = None
    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] | None = None


class Relation(Body):
    """What another institution is to this one: its parent, child, predecessor, successor or a related one. It is named
    by its id, or by its ROR id where it is not here (yet); answers give both, and its name as `label`."""

    type: Literal[KINDS]  # type: ignore[valid-type]
    institution_id: UUID | None = None
    ror: RorId | None = None
    label: Line | None = None

    @model_validator(mode="after")
    def _names_something(self) -> "Relation":
        if self.institution_id is None and self.ror is None:
            raise PydanticCustomError("institution_or_ror", "Give institution_id or ror.")
        return self


class InstitutionBody(Body):
    """An institution as it is written. `links` are its web pages."""

    names: Annotated[list[InstitutionName], Field(min_length=1, max_length=50)]
    country: CountryCode
    ror: RorId | None = None
    types: Annotated[list[Literal[TYPES]], Field(max_length=9), AfterValidator(_once)] = []  # type: ignore[valid-type]
    domains: Annotated[list[Domain], Field(max_length=50), AfterValidator(_once)] = []
    links: Annotated[list[HttpUrl], Field(max_length=50)] = []
    locations: Annotated[list[Location], Field(max_length=50)] = []
    relations: Annotated[list[Relation], Field(max_length=500)] = []
    heri: bool = True
    visibility: Visible = "network"


class InstitutionLinks(Links):
    """The record's address, and the institution's own pages."""

    web_pages: list[str]


class Institution(RecordAnswer):
    """An institution as a caller sees it; fields that the caller may not see are absent."""

    names: list[dict[str, Any]]
    display_name: str
    ror: str | None
    types: list[str]
    domains: list[str]
    locations: list[dict[str, Any]]
    relations: list[Relation] | None = None
    heri: bool
    links: InstitutionLinks
    duplicates: list[Lookalike] | None = None


class MatchedInstitution(Answer):
    id: UUID
    ref: str
    name: str
    country: str
    ror: str | None


class Match(Answer):
    """One institution that an affiliation may mean. `chosen` at most once: where name or domain leave no doubt."""

    institution: MatchedInstitution
    score: Annotated[float, Field(ge=0, le=1)]
    method: Literal["exact", "domain", "alias", "trigram"]
    chosen: bool


class Matches(Answer):
    """The surest first."""

    items: list[Match]


def present(row: Mapping[str, Any], access: AccessScope) -> dict[str, Any]:
    """The institution as this caller sees it."""
    render = render_whole if access.sees_all_fields(row["country"], row["id"]) else render_public
    record = render(row)
    record["id"] = str(row["id"])
    record["links"] = {"self": INSTITUTIONS.resource.link(record["id"]), "web_pages": row["links"]}
    return record


def present_match(match: Found, row: Row) -> dict[str, Any]:
    """One match as it is answered."""
    institution = {
        "id": str(row["id"]),
        "ref": row["ref"],
        "name": row["display_name"],
        "country": row["country"],
        "ror": row["ror"],
    }
    return {"institution": institution, "score": match.score, "method": match.method, "chosen": match.chosen}
