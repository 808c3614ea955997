"""Bodies and responses of the token endpoints, for the contract."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from services.access.principals.clients.schemas import JsonWebKey
from services.access.principals.devices.domain import GRANT_TYPE
from services.access.principals.tokens.domain import FORM
from shared.web.contract.contract import Described


class Token(Described):
    """RFC 6749, 5.1."""

    access_token: Annotated[str, "The token; send it as `Authorization: Bearer …`, or `DPoP …` with a proof."] = Field(
        examples=["eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6Ii4uLiJ9.e30.c2lnbmF0dXJl"]
    )
    token_type: Annotated[str, "`Bearer`, or `DPoP` for a token that is bound to the key of a proof (RFC 9449)."] = (
        Field(examples=["Bearer"])
    )
    expires_in: int = Field(examples=[600], description="Seconds.")
    scope: Annotated[str, "The resources and verbs of the token."] = Field(examples=["membership.experts:read"])
    refresh_token: str | None = Field(
        None, description="For people: renews the session, once; that of a client with credentials more often."
    )
    refresh_expires_in: int | None = Field(None, examples=[43200], description="Seconds.")
    id_token: str | None = Field(None, description="For people, with the scope `openid`: who signed in, and when.")


class Introspection(Described):
    """RFC 7662, 2.2. Only `active` if the token is not valid."""

    model_config = ConfigDict(extra="allow")
    active: Annotated[bool, "Whether the token is valid and of the caller, or the caller may introspect all."]


class KeySet(Described):
    """RFC 7517, 5."""

    keys: Annotated[list[JsonWebKey], "The keys that tokens are verified with."]


class ResourceMetadata(Described):
    """RFC 9728."""

    model_config = ConfigDict(extra="allow")
    resource: Annotated[str, Field(examples=["https://escm.example.org"]), "The API."]
    authorization_servers: Annotated[list[str], Field(examples=[["https://escm.example.org"]]), "Who gives tokens."]
    bearer_methods_supported: Annotated[list[str], Field(examples=[["header"]]), "How a token is sent."]
    dpop_signing_alg_values_supported: Annotated[
        list[str], Field(examples=[["ES256"]]), "What proofs of keys are signed with (RFC 9449)."
    ]
    dpop_bound_access_tokens_required: Annotated[
        bool, Field(examples=[False]), "Whether every token is bound to a key; those of a client with `dpop_bound` are."
    ]
    resource_documentation: Annotated[str, Field(examples=["https://escm.example.org/docs"]), "Where the reference is."]


class Metadata(Described):
    """RFC 8414."""

    model_config = ConfigDict(extra="allow")
    issuer: Annotated[str, Field(examples=["https://escm.example.org"]), "The issuer that tokens name."]
    authorization_endpoint: Annotated[
        str, Field(examples=["https://escm.example.org/access/v1/oauth/authorize"]), "Where people sign in."
    ]
    end_session_endpoint: Annotated[
        str, Field(examples=["https://escm.example.org/access/v1/oauth/end_session"]), "Where people sign out."
    ]
    backchannel_logout_supported: Annotated[
        bool, Field(examples=[True]), "Whether clients are told when a person signs out."
    ]
    backchannel_logout_session_supported: Annotated[
        bool, Field(examples=[True]), "Whether they are told of which session."
    ]
    code_challenge_methods_supported: Annotated[
        list[str], Field(examples=[["S256"]]), "How a client proves that a code is its own."
    ]
    pushed_authorization_request_endpoint: Annotated[
        str,
        Field(examples=["https://escm.example.org/access/v1/oauth/par"]),
        "Where a client sends a request before the person comes with it (RFC 9126).",
    ]
    require_pushed_authorization_requests: Annotated[
        bool, Field(examples=[False]), "Whether every client has to; one with `require_par` has to."
    ]
    token_endpoint: Annotated[
        str, Field(examples=["https://escm.example.org/access/v1/oauth/token"]), "Where tokens are given."
    ]
    revocation_endpoint: Annotated[
        str, Field(examples=["https://escm.example.org/access/v1/oauth/revoke"]), "Where tokens are ended."
    ]
    introspection_endpoint: Annotated[
        str,
        Field(examples=["https://escm.example.org/access/v1/oauth/introspect"]),
        "The introspection endpoint.",
    ]
    jwks_uri: Annotated[
        str, Field(examples=["https://escm.example.org/access/v1/.well-known/jwks.json"]), "Where the keys are."
    ]
    device_authorization_endpoint: str | None = Field(
        None,
        examples=["https://escm.example.org/access/v1/oauth/device_authorization"],
        description="Where a device without a browser asks for codes (RFC 8628), if the installation gives some.",
    )
    grant_types_supported: Annotated[list[str], Field(examples=[["client_credentials"]]), "The grant types."]
    response_types_supported: Annotated[list[str], Field(examples=[["code"]]), "What is sent back to a client: a code."]
    response_modes_supported: Annotated[list[str], Field(examples=[["query"]]), "How it is sent back."]
    authorization_response_iss_parameter_supported: Annotated[
        bool, Field(examples=[True]), "Whether what is sent back names the issuer (RFC 9207)."
    ]
    prompt_values_supported: Annotated[list[str], Field(examples=[["none"]]), "The values of `prompt`."]
    scopes_supported: Annotated[list[str], Field(examples=[["openid"]]), "Scopes beside those of resources."]
    subject_types_supported: Annotated[list[str], Field(examples=[["public"]]), "How people are named to clients."]
    id_token_signing_alg_values_supported: Annotated[
        list[str], Field(examples=[["ES256"]]), "What ID tokens are signed with."
    ]
    dpop_signing_alg_values_supported: Annotated[
        list[str], Field(examples=[["ES256"]]), "What proofs of keys are signed with (RFC 9449)."
    ]
    acr_values_supported: Annotated[list[str], Field(examples=[["1"]]), "The levels of signing in."]
    claims_supported: Annotated[list[str], Field(examples=[["sub"]]), "The claims of ID tokens."]
    claims_parameter_supported: Annotated[bool, Field(examples=[False]), "Whether a request may name claims."]
    request_parameter_supported: Annotated[bool, Field(examples=[False]), "Whether a request may be signed."]
    request_uri_parameter_supported: Annotated[bool, Field(examples=[False]), "Whether it may be sent before."]
    ui_locales_supported: Annotated[list[str], Field(examples=[["en"]]), "The languages of the pages."]
    protected_resources: Annotated[
        list[str], Field(examples=[["https://escm.example.org"]]), "The APIs that tokens are for (RFC 9728)."
    ]
    service_documentation: Annotated[str, Field(examples=["https://escm.example.org/docs"]), "Where the reference is."]
    token_endpoint_auth_methods_supported: Annotated[
        list[str], Field(examples=[["client_secret_basic"]]), "How a client authenticates at the token endpoint."
    ]
    token_endpoint_auth_signing_alg_values_supported: Annotated[
        list[str], Field(examples=[["ES256"]]), "What a client may sign assertions for the token endpoint with."
    ]
    introspection_endpoint_auth_methods_supported: Annotated[
        list[str],
        Field(examples=[["client_secret_basic"]]),
        "How a client authenticates at the introspection endpoint.",
    ]
    introspection_endpoint_auth_signing_alg_values_supported: Annotated[
        list[str], Field(examples=[["ES256"]]), "What a client may sign assertions for the introspection endpoint with."
    ]
    revocation_endpoint_auth_methods_supported: Annotated[
        list[str], Field(examples=[["client_secret_basic"]]), "How a client authenticates at the revocation endpoint."
    ]
    revocation_endpoint_auth_signing_alg_values_supported: Annotated[
        list[str], Field(examples=[["ES256"]]), "What a client may sign assertions for the revocation endpoint with."
    ]


class Principal(Described):
    """Who the token speaks for."""

    kind: Annotated[str, "`account`, `client` or `api_key`."] = Field(examples=["account"])
    id: Annotated[str, "The id of the account, client or key."] = Field(
        examples=["0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33"]
    )
    name: Annotated[str, "The name of the account, client or key."] = Field(examples=["Ana Example"])


class HeldGrant(Described):
    """An active grant. `to` is null if it has no end, `scope_id` if the scope is global. `resources` and `verbs`
    restrict the grant of a client or key; they are null without a restriction."""

    model_config = ConfigDict(populate_by_name=True)
    role: Annotated[str, "The role."] = Field(examples=["secretariat_officer"])
    scope_kind: Annotated[str, "The kind of the scope."] = Field(examples=["country"])
    scope_id: Annotated[str | None, "The scope of the role; null if the scope is global."] = Field(examples=["XA"])
    starts: Annotated[str, "The first day."] = Field(alias="from", examples=["2026-11-24"])
    ends: Annotated[str | None, "The last day; null without an end."] = Field(alias="to", examples=[None])
    delegated_from: Annotated[str | None, "The grant that it was passed on from."] = Field(None, examples=[None])
    resources: Annotated[
        list[str] | None, "The resources that narrow the grant of a client or key; null where none do."
    ] = Field(None, examples=[None])
    verbs: Annotated[list[str] | None, "The verbs that narrow the grant of a client or key; null where none do."] = (
        Field(None, examples=[None])
    )


class Me(Described):
    """The caller, as every service sees it.

    `resources` and `verbs` are those of a client or key, over all its grants; null for people. `suspended_api_keys`
    are a person's keys that wait to be enabled again, since the password was recovered by mail.
    """

    principal: Annotated[Principal, "Who the token speaks for."]
    grants: Annotated[list[HeldGrant], "The active grants of the caller."]
    resources: Annotated[
        list[str] | None, "The resources of a client or key, over all its grants; null for people."
    ] = Field(None, examples=[["membership.experts"]])
    verbs: Annotated[list[str] | None, "The verbs of a client or key, over all its grants; null for people."] = Field(
        None, examples=[["read"]]
    )
    suspended_api_keys: Annotated[
        list[str], "A person's keys that wait to be enabled again, since the password was recovered by mail."
    ] = Field([], examples=[[]])
    session_id: Annotated[str | None, "The session that the token is of; null for clients and keys."] = Field(
        examples=["0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33"]
    )
    expires_at: Annotated[str, "When the token ends."] = Field(examples=["2026-11-24T10:10:00.000000Z"])


_CLIENT = {
    "client_id": {"type": "string"},
    "client_secret": {"type": "string"},
    "client_assertion_type": {"type": "string"},
    "client_assertion": {"type": "string"},
}


def form_of(required: str, **fields: Any) -> dict[str, Any]:
    schema = {"type": "object", "required": [required], "properties": {**fields, **_CLIENT}}
    return {"requestBody": {"required": True, "content": {FORM: {"schema": schema}}}}


TOKEN_FORM = form_of(
    "grant_type",
    grant_type={
        "type": "string",
        "enum": ["authorization_code", "client_credentials", "password", "refresh_token", GRANT_TYPE],
    },
    username={"type": "string"},
    password={"type": "string", "format": "password"},
    label={"type": "string", "maxLength": 60, "description": "How the session is shown to its owner."},
    refresh_token={"type": "string"},
    code={"type": "string"},
    redirect_uri={"type": "string"},
    code_verifier={"type": "string", "minLength": 43, "maxLength": 128},
    device_code={"type": "string"},
    resource={"type": "string", "description": "This API, as its metadata name it (RFC 8707)."},
)
TOKEN_ALONE = form_of("token", token={"type": "string"}, token_type_hint={"type": "string"})
