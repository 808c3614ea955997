"""A session."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Granted, Public, Record, Tracked


@dataclass(frozen=True, slots=True, kw_only=True)
class Session(Record):
    """A session of an account, until `ends_at` at the latest."""

    resource_type = Resource("access", "sessions", "session")
    principal_column = "account_id"

    country: Annotated[str | None, Public]  # type: ignore[assignment]
    visibility: Annotated[str, Public]
    account_id: Annotated[UUID, Granted, Tracked]
    label: Annotated[str | None, Granted, Tracked]
    ends_at: Annotated[datetime, Granted, Tracked]
