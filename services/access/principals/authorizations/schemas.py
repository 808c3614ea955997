"""What goes over HTTP for consents."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from services.access.principals.authorizations.operations import AUTHORIZATIONS
from services.access.principals.authorizations.queries import render
from shared.records.record import Refers
from shared.web.contract.fields import ResponseModel
from shared.web.contract.schemas import Links


class Authorization(ResponseModel):
    """A client that may act for a person."""

    id: Annotated[UUID, "The consent's id."]
    ref: Annotated[str, Field(examples=["AUT-000123"]), "The consent's short name for people."]
    account_id: Annotated[UUID, Refers("/access/v1/accounts"), "Who consented."]
    client: Annotated[str, Field(examples=["client-7f3a"]), "The `client_id` of the client."]
    client_name: Annotated[str, Field(examples=["Ministry portal"]), "The name of the client."]
    scope: Annotated[
        str, Field(examples=["membership.experts:read"]), "What the client may do, of what the person may do."
    ]
    created_at: Annotated[datetime, "When the person consented."]
    links: Annotated[Links, "Addresses of the consent."]


class AuthorizationPage(ResponseModel):
    """The consents of one account, the newest first: at most 200, so that there is no next page."""

    items: Annotated[list[Authorization], "The consents, the newest first."]
    next: Annotated[None, "Always null: there is no next page."] = None


def present(row: Mapping[str, Any]) -> dict[str, Any]:
    """The consent in a response."""
    return {**render(row), "links": {"self": AUTHORIZATIONS.resource.link(row["id"])}}
