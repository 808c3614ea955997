"""A session."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Granted, Internal, Public, Record, Refers, Tracked


@dataclass(frozen=True, slots=True, kw_only=True)
class Session(Record):
    """A session of an account, until `ends_at` at the latest.

    `client` is the one that the person signed in to, for `scope`, at `signed_in_at`; `acr` says how surely and
    `amr` by which methods. A session without a client is of a browser, or was opened with a password. `provider` is
    where the person signed in, `provider_sid` the session there. `bound_to` is the thumbprint of the key that the
    refresh tokens are bound to (RFC 9449)."""

    resource_type = Resource("access", "sessions", "session")
    principal_column = "account_id"

    country: Annotated[str | None, Public]  # type: ignore[assignment]
    visibility: Annotated[str, Public]
    account_id: Annotated[UUID, Granted, Tracked]
    label: Annotated[str | None, Granted, Tracked]
    ends_at: Annotated[datetime, Granted, Tracked]
    client: Annotated[UUID | None, Granted, Tracked, Refers("/access/v1/clients")]
    scope: Annotated[str | None, Granted, Tracked]
    signed_in_at: Annotated[datetime | None, Granted, Tracked]
    provider: Annotated[UUID | None, Granted, Tracked, Refers("/access/v1/identity_providers")]
    provider_sid: Annotated[str | None, Internal]
    acr: Annotated[str | None, Granted, Tracked]
    amr: Annotated[list[str] | None, Granted, Tracked]
    bound_to: Annotated[str | None, Internal]
