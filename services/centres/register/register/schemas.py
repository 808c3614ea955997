"""What goes over HTTP for the register."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias
from uuid import UUID

from pydantic import Field

from services.centres.designation.centres.schemas import CentreTerm, Position
from services.centres.register.register.domain import CHANGES, DEFINITION, DISCLAIMER, Named
from shared.database.statements import Row
from shared.records.record import Refers
from shared.web.contract.fields import Day, LocalizedTexts, ResponseModel

_COUNTRY = Annotated[str, Field(examples=["XA"]), "The country, as an ISO 3166-1 alpha-2 code."]
_NUMBER = Annotated[str, Field(examples=["ESNRC-XA-01"]), "The number that the centre has since its designation."]


class RegisteredHost(ResponseModel):
    """The institution that hosts a centre."""

    id: Annotated[UUID, Refers("/membership/v1/institutions"), "The institution's id."]
    name: Annotated[
        str | None, Field(examples=["University of Alpha"]), "Its name on the day; null if that was not public."
    ]


class RegisteredDirector(ResponseModel):
    """The expert who directs a centre."""

    id: Annotated[UUID, Refers("/membership/v1/experts"), "The expert's id."]
    name: Annotated[str, Field(examples=["Amina Varga"]), "The present name of the expert."]


class RegisteredSuccessor(ResponseModel):
    """The centre that goes on with the work of one that closed."""

    id: Annotated[UUID, Refers("/centres/v1/centres"), "The centre's id."]
    registration_number: _NUMBER


class RegisteredCentre(ResponseModel):
    """A centre as the public register shows it."""

    id: Annotated[UUID, Refers("/centres/v1/centres"), "The centre's id."]
    registration_number: _NUMBER
    names: Annotated[LocalizedTexts, "The centre's names, by language."]
    country: _COUNTRY
    host: Annotated[RegisteredHost, "The institution that hosts it."]
    unit: Annotated[str | None, Field(examples=["Institute of Soils"]), "The unit of the host that it is."]
    director: Annotated[RegisteredDirector | None, "Its director; null if the expert is not public now."]
    status: Annotated[str, Field(examples=["active"]), "Its state on the day."]
    term: Annotated[CentreTerm | None, "The latest term on the day."]
    themes: Annotated[list[str], Field(examples=[["biosphere-integrity"]]), "What it works on."]
    position: Annotated[Position | None, "Its location."]
    website: Annotated[str | None, Field(examples=["https://centre.example.org/"]), "Its own page."]
    successor: Annotated[
        RegisteredSuccessor | None, "Of a closed centre: the one that goes on with its work, if the register has it."
    ]


class Register(ResponseModel):
    """A page of the register."""

    items: Annotated[list[RegisteredCentre], "The centres, by country and registration number."]
    next: Annotated[str | None, Field(examples=[None]), "The address of the next page."]
    as_of: Annotated[Day, "The day at whose end the register showed this."]
    definition: Annotated[str, Field(examples=[DEFINITION.format(former="")]), "What the register has."]
    disclaimer: Annotated[str, Field(examples=[DISCLAIMER]), "What names and positions do not imply."]


RegisterValue: TypeAlias = str | RegisteredHost | RegisteredDirector | Position | LocalizedTexts | None
"""A state; a host, a director or a position; names."""


class RegisterChange(ResponseModel):
    """A change of what the register shows of a centre."""

    on: Annotated[Day, "The day of the change."]
    registration_number: _NUMBER
    names: Annotated[LocalizedTexts, "The centre's names after the change; the last ones of a centre that was removed."]
    country: _COUNTRY
    change: Annotated[str, Field(examples=["suspended"]), "What changed: " + ", ".join(f"`{one}`" for one in CHANGES)]
    from_: Annotated[
        RegisterValue,
        Field(alias="from", examples=["active"]),
        "What it was: for a step the state; names; a host or a director with `id` and `name`, null if not public; a"
        " position.",
    ]
    to: Annotated[RegisterValue, Field(examples=["suspended"]), "What it became."]
    note: Annotated[str | None, Field(examples=[None]), "The `public_note` of the step."]


def present_change(row: Row, directors: Mapping[str, Named]) -> dict[str, Any]:
    """One line of the changes."""
    line = row["value"]
    change, before, after = line["change"], line["from"], line["to"]
    if change == "director_changed":
        before, after = directors.get(before), directors.get(after)
    return {
        "on": row["recorded_on"],
        "registration_number": row["registration_number"],
        "names": row["names"],
        "country": row["country"],
        "change": change,
        "from": before,
        "to": after,
        "note": row["note"] if row["place"] == 1 else None,
    }
