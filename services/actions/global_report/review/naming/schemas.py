"""What goes over HTTP for consents to be named."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from shared.kernel.clock import to_text
from shared.records.record import Refers
from shared.web.contract.fields import Body, PersonName, ResponseModel

_EDITION = "The edition."


class NamingConsentCreate(Body):
    """The consent to be named with one's comments and answers."""

    edition_id: Annotated[UUID, Refers("/actions/v1/editions"), _EDITION]
    name: Annotated[
        PersonName | None, "The name of who has no record in the register; experts have the name of their record."
    ] = None


class NamingConsent(ResponseModel):
    """A consent to be named with one's comments and answers once an edition is published."""

    edition_id: Annotated[UUID, Refers("/actions/v1/editions"), _EDITION]
    name: Annotated[str, Field(examples=["Amina Khan"]), "How the person is named."]
    consented_at: Annotated[datetime, "When the person consented."]


class NamingConsentPage(ResponseModel):
    """The caller's consents, the newest first."""

    items: Annotated[list[NamingConsent], "The consents."]
    next: Annotated[str | None, Field(examples=[None]), "Always null."]


def shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """A consent, to whose it is."""
    return {
        "edition_id": str(row["edition_id"]),
        "name": row["name"],
        "consented_at": to_text(row["consented_at"]),
    }
