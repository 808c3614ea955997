"""Bodies and answers of the token endpoints, for the contract."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from services.access.tokens.domain import FORM


class Token(BaseModel):
    """RFC 6749, 5.1."""

    access_token: str = Field(examples=["eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6Ii4uLiJ9.e30.c2lnbmF0dXJl"])
    token_type: str = Field(examples=["Bearer"])
    expires_in: int = Field(examples=[600], description="Seconds.")
    scope: str = Field(examples=["membership.experts:read"])
    refresh_token: str | None = Field(None, description="For people: renews the session, once.")
    refresh_expires_in: int | None = Field(None, examples=[43200], description="Seconds.")


class Introspection(BaseModel):
    """RFC 7662, 2.2. Only `active` where the token does not hold."""

    model_config = ConfigDict(extra="allow")
    active: bool


class KeySet(BaseModel):
    """RFC 7517, 5."""

    keys: list[dict[str, Any]]


class Metadata(BaseModel):
    """RFC 8414."""

    model_config = ConfigDict(extra="allow")
    issuer: str
    token_endpoint: str
    jwks_uri: str


class PrincipalAnswer(BaseModel):
    """Who the token speaks for."""

    kind: str = Field(examples=["account"])
    id: str = Field(examples=["0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33"])
    name: str = Field(examples=["Ana Example"])


class HeldGrant(BaseModel):
    """A living grant. `to` is null where it has no end, `scope_id` where the scope is global. `resources` and `verbs`
    narrow the grant of a client or key; they are null where nothing narrows it."""

    model_config = ConfigDict(populate_by_name=True)
    role: str = Field(examples=["secretariat_officer"])
    scope_kind: str = Field(examples=["country"])
    scope_id: str | None = Field(examples=["XA"])
    starts: str = Field(alias="from", examples=["2026-11-24"])
    ends: str | None = Field(alias="to", examples=[None])
    delegated_from: str | None = Field(None, examples=[None])
    resources: list[str] | None = Field(None, examples=[None])
    verbs: list[str] | None = Field(None, examples=[None])


class Me(BaseModel):
    """The caller, as every service sees it.

    `resources` and `verbs` are those of a client or key, over all its grants; null for people. `suspended_api_keys`
    are a person's keys that wait to be enabled again, since the password was recovered by mail.
    """

    principal: PrincipalAnswer
    grants: list[HeldGrant]
    resources: list[str] | None = Field(None, examples=[["membership.experts"]])
    verbs: list[str] | None = Field(None, examples=[["read"]])
    suspended_api_keys: list[str] = Field([], examples=[[]])
    session_id: str | None = Field(examples=["0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33"])
    expires_at: str = Field(examples=["2026-11-24T10:10:00.000000Z"])


_CLIENT = {
    "client_id": {"type": "string"},
    "client_secret": {"type": "string"},
    "client_assertion_type": {"type": "string"},
    "client_assertion": {"type": "string"},
}


def _form(required: str, **fields: Any) -> dict[str, Any]:
    schema = {"type": "object", "required": [required], "properties": {**fields, **_CLIENT}}
    return {"requestBody": {"required": True, "content": {FORM: {"schema": schema}}}}


TOKEN_FORM = _form(
    "grant_type",
    grant_type={"type": "string", "enum": ["client_credentials", "password", "refresh_token"]},
    username={"type": "string"},
    password={"type": "string", "format": "password"},
    label={"type": "string", "maxLength": 60, "description": "How the session is shown to its owner."},
    refresh_token={"type": "string"},
)
TOKEN_ALONE = _form("token", token={"type": "string"}, token_type_hint={"type": "string"})
