"""An identity."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Granted, Internal, Public, Record, Refers, Tracked


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity(Record):
    """The link of an account with a person at an identity provider, whom `issuer` and `subject` name.

    `email` is the address that the provider gave when the link was made; no link follows from it.
    Access tokens of the provider from before `signed_out_at` are not taken.
    """

    resource_type = Resource("access", "identities", "identity")
    principal_column = "account_id"

    country: Annotated[str | None, Public]  # type: ignore[assignment]
    visibility: Annotated[str, Public]
    account_id: Annotated[UUID, Granted, Tracked]
    provider: Annotated[UUID, Granted, Tracked, Refers("/access/v1/identity_providers")]
    issuer: Annotated[str, Granted, Tracked]
    subject: Annotated[str, Granted, Tracked]
    email: Annotated[str | None, Granted, Tracked]
    last_used_at: Annotated[datetime | None, Internal]
    signed_out_at: Annotated[datetime | None, Internal]
