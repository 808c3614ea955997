"""What goes over HTTP for API clients."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError

from services.access.clients.domain import is_network, is_resource, key_fault
from services.access.clients.operations import CLIENTS
from services.access.clients.queries import render
from services.access.grants.schemas import ScopeId
from shared.records.access_scope import AccessScope
from shared.web.fields import Answer, Body, Line, RecordAnswer
from shared.web.pending import PendingTransition


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


ResourceName = Annotated[str, StringConstraints(max_length=80), AfterValidator(_resource)]
Network = Annotated[str, StringConstraints(max_length=50), AfterValidator(_network)]
PublicKey = Annotated[dict[str, Any], Field(max_length=20), AfterValidator(_key)]


class PublicKeys(Body):
    """The public keys that a client signs its assertions with."""

    keys: Annotated[list[PublicKey], Field(min_length=1, max_length=5)]


class ClientBody(Body):
    """What may change of a client."""

    name: Line
    ip_allow: Annotated[list[Network], Field(max_length=50)] = []
    jwks: PublicKeys | None = None

    def values(self) -> dict[str, Any]:
        """The columns."""
        return self.model_dump(mode="json", exclude={"secret"})


class ClientFields(Body):
    """The fields of steps: those of change_credentials, and who alone may confirm."""

    name: Line | None = None
    ip_allow: Annotated[list[Network], Field(max_length=50)] | None = None
    jwks: PublicKeys | None = None
    second_person: UUID | None = None

    @field_validator("name", "ip_allow", mode="before")
    @classmethod
    def _is_not_taken_away(cls, value: Any) -> Any:
        if value is None:
            raise PydanticCustomError("invalid_type", "A client has one.")
        return value


class ClientCreate(ClientBody):
    """A new client: over which scope, for which resources and verbs, and whether it shows a secret or signs."""

    scope_kind: Literal["country", "region", "global"]
    scope_id: ScopeId | None = None
    resources: Annotated[list[ResourceName], Field(min_length=1, max_length=40)]
    verbs: Annotated[list[Literal["read", "write"]], Field(min_length=1, max_length=2)]
    secret: bool | None = None
    sandbox: bool = False

    @model_validator(mode="after")
    def _proves_itself_in_one_way(self) -> "ClientCreate":
        if self.secret is not None and self.secret is (self.jwks is not None):
            raise PydanticCustomError("secret_or_jwks", "Give either jwks or secret: true.")
        return self


class ClientAnswer(RecordAnswer):
    """A client. `last_used` is told to the hour. `secret` is answered once, when the client is created with one.
    `proposed_secret`: a further one waits for a second person."""

    client_id: str
    name: str
    scope_kind: str
    scope_id: str | None
    resources: list[str]
    verbs: list[str]
    jwks: dict[str, Any] | None
    ip_allow: list[str]
    sandbox: bool
    living_secrets: int
    proposed_secret: bool
    last_used: datetime | None
    secret: str | None = None
    created_by: str | None = None
    updated_by: str | None = None


class SecretAnswer(Answer):
    """A further secret, answered once."""

    client_id: str
    id: UUID
    secret: str | None


class ProposedSecret(PendingTransition):
    """A further secret of a client with a role of two, answered once. It works when a second person has confirmed the
    step."""

    secret: str | None


def present(row: Mapping[str, Any], _access: AccessScope) -> dict[str, Any]:
    """The client as it is answered, without any secret."""
    record = render(row)
    record["links"] = {"self": CLIENTS.resource.link(record["id"])}
    return record
