"""What goes over HTTP for sessions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from services.access.principals.sessions.operations import SESSIONS
from services.access.principals.sessions.queries import render
from shared.records.record import Refers
from shared.web.contract.fields import ResponseModel
from shared.web.contract.schemas import Links


class Session(ResponseModel):
    """Somebody signed in. `current` is the one that asks; `last_used` is exact to the hour."""

    id: Annotated[UUID, "The session's id."]
    ref: Annotated[str, Field(examples=["SES-000123"]), "The session's short name for people."]
    account_id: Annotated[UUID, Refers("/access/v1/accounts"), "Who is signed in."]
    label: Annotated[str | None, Field(examples=["Office laptop"]), "How the owner named the session at the sign-in."]
    client: Annotated[
        str | None, Field(examples=["client-7f3a"]), "The `client_id` of the client that the person signed in to."
    ]
    client_name: Annotated[str | None, Field(examples=["Ministry portal"]), "The name of the client."]
    provider: Annotated[
        str | None, Field(examples=["health-xa"]), "The code of the identity provider at which the person signed in."
    ]
    acr: Annotated[
        str | None,
        Field(examples=["2"]),
        "How surely the person signed in: `1` with one factor, `2` with two, `phr` with a passkey.",
    ]
    amr: Annotated[list[str] | None, Field(examples=[["pwd", "otp", "mfa"]]), "By which methods (RFC 8176)."]
    created_at: Annotated[datetime, "When the sign-in was."]
    last_used: Annotated[datetime | None, "When the session was last used, to the hour."]
    ends_at: Annotated[datetime, "When the session ends at the latest."]
    current: Annotated[bool, "Whether it is the session of the request."]
    links: Annotated[Links, "Addresses of the session."]


class SessionPage(ResponseModel):
    """The sessions of one account, the newest first: at most 50, so that there is no next page."""

    items: Annotated[list[Session], "The sessions, the newest first."]
    next: Annotated[None, "Always null: there is no next page."] = None


class EndedSessions(ResponseModel):
    """How many sessions have ended now."""

    ended: Annotated[int, Field(examples=[2]), "How many sessions ended."]


def present(row: Mapping[str, Any], current: UUID | None) -> dict[str, Any]:
    """The session in a response to a caller whose session is `current`."""
    links = {"self": SESSIONS.resource.link(row["id"])}
    return {**render(row), "current": row["id"] == current, "links": links}
