"""Responses about activities of the IATI Standard."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from services.actions.exchange.iati.document import Made
from services.actions.exchange.iati.domain import REASONS
from shared.web.contract.fields import Day, ResponseModel


class Omission(ResponseModel):
    """A published programme or action that no activity is made of, and why."""

    kind: Annotated[Literal["programme", "action"], "Whether it is a programme or an action."]
    id: Annotated[UUID, "Its id."]
    ref: Annotated[str, Field(examples=["ACT-000012"]), "Its number."]
    country: Annotated[str, Field(examples=["XA"]), "Its country."]
    code: Annotated[Literal["no_organisation", "no_start", "not_valid"], "Why, as a code."]
    detail: Annotated[str, Field(examples=[REASONS["no_organisation"]]), "Why, in a sentence."]


class OmissionPage(ResponseModel):
    """What is left out of the activities: `published` are the sum of `activities` and of the omissions."""

    items: Annotated[list[Omission], "The published programmes and actions that are left out."]
    published: Annotated[int, Field(examples=[12]), "The number of published programmes and actions."]
    activities: Annotated[int, Field(examples=[11]), "The number of those that are activities."]
    as_of: Annotated[Day, "The day of the response."]


def present(of: Made) -> dict[str, Any]:
    """What is left out."""
    known = {name: str(getattr(of.activity, name)) for name in ("kind", "id", "ref", "country")}
    return {**known, "code": of.code, "detail": of.detail}
