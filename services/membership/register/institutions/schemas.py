"""What goes over HTTP for institutions and matches."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

import orjson
from pydantic import AfterValidator, Field, HttpUrl, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from services.membership.register.duplicates.schemas import Lookalike
from services.membership.register.institutions import record
from services.membership.register.institutions.domain import LIFECYCLE, NAME_TYPES, TYPES, normal_domain
from services.membership.register.institutions.matching.ranking import Match as Found
from services.membership.register.institutions.operations import INSTITUTIONS
from services.membership.register.institutions.queries import render_public, render_whole
from services.membership.register.institutions.relations import KINDS
from shared.database.statements import Row
from shared.records.access_scope import AccessScope
from shared.records.record import Refers, json_fields
from shared.web.contract.fields import Body, LanguageTag, Line, ResponseModel, RorId
from shared.web.contract.schemas import Links, RecordBody, RecordResponse


def _domain(text: str) -> str:
    found = normal_domain(text)
    if found is None:
        raise PydanticCustomError("invalid_domain", "Not a domain, such as example.org.")
    return found


def _once(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


Domain = Annotated[str, StringConstraints(max_length=300), AfterValidator(_domain), Field(examples=["example.org"])]


_DOCUMENTS = json_fields(record.Institution)
NameType: TypeAlias = Literal[NAME_TYPES]  # type: ignore[valid-type]


class InstitutionName(Body):
    """One name, as in ROR schema 2.1."""

    value: Annotated[Line, Field(examples=["Green Plains University"]), "The name."]
    language: Annotated[LanguageTag | None, "The language of the name."] = None
    types: Annotated[
        list[NameType],
        Field(max_length=5),
        "What the name is: `ror_display`, `label`, `alias` or `acronym`.",
    ] = ["label"]


class Location(Body):
    """The location; `geonames` is the number in GeoNames."""

    subdivision: Annotated[Line | None, Field(examples=["Northern Province"]), "The province or state."] = None
    city: Annotated[Line | None, Field(examples=["Greenfield"]), "The city."] = None
    geonames: Annotated[
        Annotated[int, Field(ge=1, le=2**31 - 1)] | None, Field(examples=[1176615]), "The number of GeoNames."
    ] = None
    lat: Annotated[
        Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)] | None,
        Field(examples=[33.7]),
        "Degrees of latitude, north is positive.",
    ] = None
    lon: Annotated[
        Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] | None,
        Field(examples=[73.1]),
        "Degrees of longitude, east is positive.",
    ] = None


class Relation(Body):
    """A relation to another institution: its parent, child, predecessor, successor or a related one. It is given by its
    id, or by its ROR id if the register does not have it yet; responses have both, and its name as `label`."""

    type: Annotated[Literal[KINDS], "What the other is to this one."]  # type: ignore[valid-type]
    institution_id: Annotated[UUID | None, Refers("/membership/v1/institutions"), "The other institution."] = None
    ror: Annotated[RorId | None, "The ROR id of the other institution."] = None
    label: Annotated[Line | None, Field(examples=["Green Plains University"]), "The name of the other institution."] = (
        None
    )

    @model_validator(mode="after")
    def _names_something(self) -> "Relation":
        if self.institution_id is None and self.ror is None:
            raise PydanticCustomError("institution_or_ror", "Give institution_id or ror.")
        return self


class InstitutionBody(RecordBody, of=record.Institution):
    """An institution as it is written. `links` are its web pages."""

    names: Annotated[list[InstitutionName], Field(min_length=1, max_length=50)]
    ror: RorId | None = None
    types: Annotated[list[Literal[TYPES]], Field(max_length=9), AfterValidator(_once)] = []  # type: ignore[valid-type]
    domains: Annotated[list[Domain], Field(max_length=50), AfterValidator(_once)] = []
    links: Annotated[list[HttpUrl], Field(max_length=50)] = []
    locations: Annotated[list[Location], Field(max_length=50)] = []
    relations: Annotated[list[Relation], Field(max_length=500)] = []


class InstitutionFields(Body):
    """What the transitions of an institution take."""

    institution_id: Annotated[
        UUID | None, Refers("/membership/v1/institutions"), "For `link`: the institution that this one is."
    ] = None


class InstitutionLinks(Links):
    """The record's address, and the institution's own pages."""

    web_pages: Annotated[list[str], Field(examples=[["https://www.example.org/"]]), "The institution's web pages."]


class Institution(RecordResponse, of=record.Institution, lifecycle=LIFECYCLE):
    """An institution as a caller sees it; fields that the caller may not see are absent."""

    names: list[InstitutionName]
    locations: list[Location]
    relations: list[Relation] | None = None
    links: Annotated[InstitutionLinks, "Addresses of the record, and the institution's web pages."]
    duplicates: Annotated[list[Lookalike] | None, "Possible duplicates: only in the response to the creation."] = None


class MatchedInstitution(ResponseModel):
    """An institution that an affiliation may mean."""

    id: Annotated[UUID, Refers("/membership/v1/institutions"), "The institution's id."]
    ref: Annotated[str, Field(examples=["INS-000123"]), "The institution's ref."]
    name: Annotated[str, Field(examples=["Green Plains University"]), "The name that it is shown under."]
    country: Annotated[str, Field(examples=["XA"]), "The country, as an ISO 3166-1 alpha-2 code."]
    ror: Annotated[str | None, Field(examples=["https://ror.org/02mhbdp94"]), "The ROR id."]


class Match(ResponseModel):
    """One institution that an affiliation may mean. `chosen` at most once: where name or domain leave no doubt."""

    institution: Annotated[MatchedInstitution, "The institution."]
    score: Annotated[float, Field(ge=0, le=1), Field(examples=[0.97]), "How sure the match is, from 0 to 1."]
    method: Annotated[Literal["exact", "domain", "alias", "trigram"], "How it was found."]
    chosen: Annotated[bool, "Whether name or domain leave no doubt; true of one at most."]


class Matches(ResponseModel):
    """The surest first."""

    items: Annotated[list[Match], "The institutions, the surest first."]


def present(row: Mapping[str, Any], access: AccessScope) -> dict[str, Any]:
    """The institution as this caller sees it."""
    render = render_whole if access.sees_all_fields(row["country"], row["id"]) else render_public
    shown = render(row)
    shown["id"] = str(row["id"])
    shown["links"] = {"self": INSTITUTIONS.resource.link(shown["id"]), "web_pages": row["links"]}
    return shown


def present_match(match: Found, row: Row) -> dict[str, Any]:
    """One match in a response."""
    institution = {
        "id": str(row["id"]),
        "ref": row["ref"],
        "name": row["display_name"],
        "country": row["country"],
        "ror": row["ror"],
    }
    return {"institution": institution, "score": match.score, "method": match.method, "chosen": match.chosen}


def written(row: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that a caller writes, from a row."""
    names = InstitutionBody.model_fields
    return {name: orjson.loads(row[name]) if name in _DOCUMENTS else row[name] for name in names}
