"""An API client."""

from dataclasses import dataclass
from typing import Annotated

from shared.kernel.resource import Resource
from shared.records.record import Document, Granted, Internal, Public, Record, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Client(Record):
    """An API client. `country` is that of its scope, where it is one country.

    `secrets` are SHA-256 digests of at most two living secrets, the newest first; `proposed_secret` is that of one
    which waits for a second person.
    """

    resource_type = Resource("access", "clients", "client")

    country: Annotated[str | None, Public]  # type: ignore[assignment]
    visibility: Annotated[str, Public]
    client_id: Annotated[str, Granted, Written]
    name: Annotated[str, Granted, Written]
    search_key: Annotated[str, Internal]
    secrets: Annotated[list[bytes], Internal]
    proposed_secret: Annotated[bytes | None, Internal]
    jwks: Annotated[Document | None, Granted, Written]
    scope_kind: Annotated[str, Granted, Written]
    scope_id: Annotated[str | None, Granted, Written]
    resources: Annotated[list[str], Granted, Written]
    verbs: Annotated[list[str], Granted, Written]
    ip_allow: Annotated[list[str], Granted, Written]
    sandbox: Annotated[bool, Granted, Written]
