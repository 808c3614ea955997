"""What goes over HTTP for congresses: `links` of the response has the record's own address too."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, HttpUrl, StringConstraints, UrlConstraints, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from services.membership.events.congresses import record
from services.membership.events.congresses.domain import LIFECYCLE, LINK_KINDS, MODES
from services.membership.events.congresses.tables import congress
from shared.records import plain
from shared.records.access_scope import AccessScope
from shared.records.columns import parsed_or_fragment
from shared.web.contract.fields import Body, Day, Line
from shared.web.contract.schemas import Links, RecordBody, RecordResponse

Code = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9-]{3,40}$"), Field(examples=["HAIKOU-2022"])]
Figure = Annotated[int, Field(ge=0, le=10_000_000)]


class CongressLink(Body):
    """A page of the congress in another system."""

    kind: Annotated[Literal[LINK_KINDS], "An event in Indico, or another page."]  # type: ignore[valid-type]
    url: Annotated[
        Annotated[HttpUrl, UrlConstraints(allowed_schemes=["https"], max_length=2000)], "The address, by HTTPS."
    ]


class PublishedFigures(Body):
    """Figures that were published about a congress. They are never added to what the register counts."""

    participants: Annotated[Figure | None, Field(examples=[1200]), "How many people took part."] = None
    organisations: Annotated[Figure | None, Field(examples=[300]), "Of how many organisations they were."] = None
    countries: Annotated[Figure | None, Field(examples=[60]), "Of how many countries they were."] = None
    as_of: Annotated[Day, "The day that the figures are of."]
    source: Annotated[Line, Field(examples=["Press release"]), "Where they were published."]


class CongressBody(RecordBody, of=record.Congress):
    """A congress as it is written; its code stays."""

    mode: Literal[MODES]  # type: ignore[valid-type]
    links: Annotated[list[CongressLink], Field(max_length=20)] = []
    published_figures: Annotated[list[PublishedFigures], Field(max_length=20)] = []

    @field_validator("ends")
    @classmethod
    def _ends_after_it_starts(cls, ends: date | None, body: ValidationInfo) -> date | None:
        if ends and ends < body.data.get("starts", ends):
            raise PydanticCustomError("invalid_date", "A congress ends on its first day or later.")
        return ends


class CongressCreate(CongressBody):
    """A new congress."""

    code: Code


class CongressLinks(Links):
    """The record's address, and the congress's own pages."""

    pages: Annotated[list[CongressLink], "The congress's pages in other systems."]


class Congress(RecordResponse, of=record.Congress, lifecycle=LIFECYCLE):
    """A congress as a caller sees it."""

    published_figures: list[PublishedFigures]
    links: Annotated[CongressLinks, "Addresses of the record, and the congress's pages in other systems."]


_present = plain.presenter(record.Congress, congress)


def present(row: Mapping[str, Any], access: AccessScope) -> dict[str, Any]:
    """The congress as this caller sees it."""
    shown = _present(row, access)
    shown["links"] = {**shown["links"], "pages": parsed_or_fragment(row["links"])}
    return shown
