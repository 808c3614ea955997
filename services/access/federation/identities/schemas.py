"""What goes over HTTP for identities."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from services.access.federation.identities.operations import IDENTITIES
from services.access.federation.identities.queries import render
from shared.records.record import Refers
from shared.web.contract.fields import ResponseModel
from shared.web.contract.schemas import Links


class Identity(ResponseModel):
    """A provider at which a person signs in to their account."""

    id: Annotated[UUID, "The identity's id."]
    ref: Annotated[str, Field(examples=["IDN-000123"]), "The identity's short name for people."]
    account_id: Annotated[UUID, Refers("/access/v1/accounts"), "Whose it is."]
    provider: Annotated[str, Field(examples=["health-xa"]), "The code of the identity provider."]
    issuer: Annotated[str, Field(examples=["https://id.health.gov.example"]), "The issuer of the provider."]
    subject: Annotated[str, Field(examples=["248289761001"]), "What the provider calls the person."]
    email: Annotated[
        str | None, Field(examples=["amina.khan@example.org"]), "The address that the provider gave for the link."
    ]
    linked_at: Annotated[datetime, "When it was linked."]
    last_used: Annotated[datetime | None, "When the person last signed in there; null where they never did."]
    links: Annotated[Links, "Addresses of the identity."]


class IdentityPage(ResponseModel):
    """The identities of one account, the newest first: at most 200, so that there is no next page."""

    items: Annotated[list[Identity], "The identities, the newest first."]
    next: Annotated[None, "Always null: there is no next page."] = None


def present(row: Mapping[str, Any]) -> dict[str, Any]:
    """The identity in a response."""
    return {**render(row), "links": {"self": IDENTITIES.resource.link(row["id"])}}
