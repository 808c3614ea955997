"""A second factor."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Example, Fixed, Granted, Line, Public, Record, Refers, Tracked, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor(Record):
    """A second factor of an account. What proves it is in a table of its own."""

    resource_type = Resource("access", "factors", "factor")
    principal_column = "account_id"

    country: Annotated[str | None, Public]  # type: ignore[assignment]
    visibility: Annotated[str, Public]
    account_id: Annotated[UUID, Granted, Tracked, Refers("/access/v1/accounts"), "Whose factor it is."]
    kind: Annotated[
        str, Granted, Written, Fixed, Example("totp"), "`totp` (codes of an app), `passkey` or `recovery_codes`."
    ]
    name: Annotated[str, Granted, Written, Line, Example("My phone"), "What the person calls it."]
    locked_until: Annotated[
        datetime | None, Granted, Tracked, "Until when it is locked; null for a passkey that is locked for good."
    ]
