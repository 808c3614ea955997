"""What goes over HTTP for API clients."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError

from services.access.authority.grants.schemas import ScopeId
from services.access.principals.clients import record
from services.access.principals.clients.domain import (
    AUTHORIZATION_CODE,
    GRANTS,
    LIFECYCLE,
    MOST_CONTACTS,
    WRITABLE,
    is_network,
    is_redirect_uri,
    is_resource,
    key_fault,
)
from services.access.principals.clients.operations import CLIENTS
from services.access.principals.clients.queries import render
from shared.records.access_scope import AccessScope
from shared.records.record import Refers
from shared.web.contract.contract import ShownAs
from shared.web.contract.fields import Body, Line, ResponseModel
from shared.web.contract.schemas import RecordResponse
from shared.web.records.pending import PendingTransition

GrantType: TypeAlias = Literal[GRANTS]  # type: ignore[valid-type]
Grants: TypeAlias = Annotated[list[GrantType], Field(min_length=1, max_length=len(GRANTS))]


def _resource(name: str) -> str:
    if not is_resource(name):
        raise PydanticCustomError("unknown_resource", "Name a resource, such as membership.experts, or membership.*.")
    return name


def _network(text: str) -> str:
    if not is_network(text):
        raise PydanticCustomError("invalid_network", "An address or a network, such as 192.0.2.0/24.")
    return text


def _key(key: dict[str, Any]) -> dict[str, Any]:
    fault = key_fault(key)
    if fault is not None:
        raise PydanticCustomError("unusable_key", fault)
    return key


def _redirect_uri(text: str) -> str:
    if not is_redirect_uri(text):
        raise PydanticCustomError("invalid_address", "An https:// address, or http:// on loopback; without fragment.")
    return text


RedirectUri = Annotated[
    str,
    StringConstraints(max_length=400),
    AfterValidator(_redirect_uri),
    Field(examples=["https://desk.example.org/callback"]),
]
ResourceName = Annotated[
    str, StringConstraints(max_length=80), AfterValidator(_resource), Field(examples=["membership.experts"])
]
Network = Annotated[str, StringConstraints(max_length=50), AfterValidator(_network), Field(examples=["192.0.2.0/24"])]


class JsonWebKey(ResponseModel):
    """A public key (RFC 7517), with further members as its type requires."""

    kty: Annotated[str, Field(examples=["EC"]), "The type of the key."]
    kid: Annotated[str | None, Field(examples=["2026-11-24"]), "The name of the key."] = None
    alg: Annotated[str | None, Field(examples=["ES256"]), "What signatures are made with."] = None
    use: Annotated[str | None, Field(examples=["sig"]), "What the key is for."] = None
    crv: Annotated[str | None, Field(examples=["P-256"]), "The curve of an EC or OKP key."] = None
    x: Annotated[
        str | None, Field(examples=["f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"]), "Of an EC or OKP key."
    ] = None
    y: Annotated[str | None, Field(examples=["x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"]), "Of an EC key."] = None


PublicKey = Annotated[dict[str, Any], ShownAs(JsonWebKey), Field(max_length=20), AfterValidator(_key)]


class PublicKeys(Body):
    """The public keys that a client signs its assertions with."""

    keys: Annotated[
        list[PublicKey],
        Field(min_length=1, max_length=5),
        "The keys, each a JWK (RFC 7517): EC with the curve P-256, or RSA.",
    ]


class ClientBody(Body, of=record.Client):
    """What may change of a client."""

    name: Annotated[Line, Field(examples=["Ministry portal"])]
    ip_allow: Annotated[list[Network], Field(max_length=50)] = []
    jwks: PublicKeys | None = None
    redirect_uris: Annotated[list[RedirectUri], Field(max_length=10)] = []
    post_logout_redirect_uris: Annotated[list[RedirectUri], Field(max_length=10)] = []
    grants: Grants = list(GRANTS)
    require_par: bool = False
    dpop_bound: bool = False
    backchannel_logout_uri: RedirectUri | None = None
    contacts: Annotated[list[Annotated[UUID, Refers("/access/v1/accounts")]], Field(max_length=MOST_CONTACTS)] = []


class ClientFields(Body):
    """The fields of transitions: those of change_credentials, and the only account that may confirm."""

    name: Annotated[Line | None, "For `change_credentials`: the new name."] = None
    ip_allow: Annotated[
        Annotated[list[Network], Field(max_length=50)] | None,
        "For `change_credentials`: the addresses and networks that the client may call from.",
    ] = None
    jwks: Annotated[PublicKeys | None, "For `change_credentials`: the public keys; null takes them away."] = None
    redirect_uris: Annotated[
        Annotated[list[RedirectUri], Field(max_length=10)] | None,
        "For `change_credentials`: the addresses that people are sent back to.",
    ] = None
    post_logout_redirect_uris: Annotated[
        Annotated[list[RedirectUri], Field(max_length=10)] | None,
        "For `change_credentials`: the addresses for people who have signed out.",
    ] = None
    grants: Annotated[Grants | None, "For `change_credentials`: how the client gets tokens."] = None
    require_par: Annotated[bool | None, "For `change_credentials`: whether it sends its requests to `oauth/par`."] = (
        None
    )
    dpop_bound: Annotated[bool | None, "For `change_credentials`: whether each token is bound to a key."] = None
    second_person: Annotated[UUID | None, Refers("/access/v1/accounts"), "The only account that may confirm."] = None

    @field_validator(*(name for name in WRITABLE if name != "jwks"), mode="before")
    @classmethod
    def _is_not_taken_away(cls, value: Any) -> Any:
        if value is None:
            raise PydanticCustomError("invalid_type", "A client must have one.")
        return value


class ClientCreate(ClientBody):
    """A new client: over which scope, for which resources and verbs, and whether it shows a secret or signs."""

    scope_kind: Literal["country", "region", "global"]
    scope_id: ScopeId | None = None
    resources: Annotated[list[ResourceName], Field(min_length=1, max_length=40)]
    verbs: Annotated[list[Literal["read", "write"]], Field(min_length=1, max_length=2)]
    secret: Annotated[bool | None, "Whether the client gets a secret; only without `jwks`."] = None
    public: bool = False
    sandbox: bool = False

    @model_validator(mode="after")
    def _proves_itself_in_one_way(self) -> "ClientCreate":
        if self.secret is not None and self.secret is (self.public or self.jwks is not None):
            raise PydanticCustomError("secret_or_jwks", "Give either jwks or secret: true.")
        return self

    @model_validator(mode="after")
    def _keeps_no_secret_in_public(self) -> "ClientCreate":
        if self.public and (self.secret or self.jwks is not None or not self.redirect_uris):
            raise PydanticCustomError("public_client", "A public client has redirect_uris, and no secret and no jwks.")
        if self.public and AUTHORIZATION_CODE not in self.grants:
            raise PydanticCustomError("public_client", "People sign in to a public client: it has authorization_code.")
        return self


class Client(RecordResponse, of=record.Client, lifecycle=LIFECYCLE):
    """A client. `last_used` is exact to the hour. `secret` is returned once, when the client is created with one.
    `proposed_secret`: a further one waits for a second person."""

    jwks: PublicKeys | None
    keys_expire_at: Annotated[
        datetime | None, "When the first of its secrets ends, or ended; null for a client without one."
    ]
    living_secrets: Annotated[int, Field(examples=[1]), "How many secrets the client can use, at most 2."]
    proposed_secret: Annotated[bool, "Whether a further secret waits for a second person."]
    last_used: Annotated[datetime | None, "When the client last got a token, to the hour; null where it never did."]
    secret: Annotated[str | None, Field(examples=[None]), "The secret: only in the response to the creation."] = None


class ClientSecret(ResponseModel):
    """A further secret, returned once."""

    client_id: Annotated[str, Field(examples=["ministry-portal-7f3a"]), "The id that the client authenticates with."]
    id: Annotated[UUID, Refers("/access/v1/clients"), "The client's record."]
    secret: Annotated[str | None, Field(examples=["…"]), "The new secret; null in a replayed response."]


class ProposedSecret(PendingTransition):
    """A further secret of a client whose role needs a second person, returned once. It is valid when a second person
    has confirmed it."""

    secret: Annotated[str | None, Field(examples=["…"]), "The new secret; null in a replayed response."]


def present(row: Mapping[str, Any], _access: AccessScope) -> dict[str, Any]:
    """The client in a response, without any secret."""
    shown = render(row)
    shown["links"] = {"self": CLIENTS.resource.link(shown["id"])}
    return shown
