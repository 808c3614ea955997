"""What goes over HTTP for the work list of centres."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from shared.kernel.lights import LIGHTS
from shared.web.contract.fields import LocalizedTexts, ResponseModel


class CentreWorkItem(ResponseModel):
    """A step that the caller may take now."""

    kind: Annotated[str, Field(examples=["annual_reports"]), "The kind of the record, as in its address."]
    id: Annotated[UUID, "The record's id."]
    ref: Annotated[str, Field(examples=["RPT-000123"]), "The record's ref."]
    country: Annotated[str, Field(examples=["XA"]), "The record's country."]
    link: Annotated[
        str,
        Field(examples=["/centres/v1/annual_reports/0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33"]),
        "The record's address.",
    ]
    titles: Annotated[LocalizedTexts, "The names of the centre or committee, by language."]
    action: Annotated[
        str, Field(examples=["submit"]), "The transition to take; `review` and `score` for what is to be written."
    ]
    due: Annotated[datetime | None, "When it should be done; null if there is no date."]
    light: Annotated[
        Literal[LIGHTS] | None,  # type: ignore[valid-type]
        "That of the report; of other records `green` until seven days before the due time, then `yellow`, then `red`."
        " Null without a due time.",
    ]


class CentreWorkList(ResponseModel):
    """A page of the work list, the earliest due first."""

    items: Annotated[list[CentreWorkItem], "The items, the earliest due first and those without a date last."]
    next: Annotated[str | None, Field(examples=[None]), "The address of the next page; null on the last."]
