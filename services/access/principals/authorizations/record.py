"""A consent."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Granted, Public, Record, Refers, Tracked


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization(Record):
    """The consent of a person that a client acts for them, within `scope`."""

    resource_type = Resource("access", "authorizations", "authorization")
    principal_column = "account_id"

    country: Annotated[str | None, Public]  # type: ignore[assignment]
    visibility: Annotated[str, Public]
    account_id: Annotated[UUID, Granted, Tracked]
    client: Annotated[UUID, Granted, Tracked, Refers("/access/v1/clients")]
    scope: Annotated[str, Granted, Tracked]
