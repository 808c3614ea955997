"""A pair of records that may be one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Granted, Internal, Public, Record, Tracked


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate(Record):
    """Two records that may be one.

    `country` is that of both, None where they lie in two: then only whoever covers both sees the pair. `settled_by` and
    `instead_of` are the merge that closed the pair, and the pair that stands for it.
    """

    resource_type = Resource("membership", "duplicates", "duplicate")

    country: Annotated[str | None, Public]  # type: ignore[assignment]
    visibility: Annotated[str, Public]
    resource: Annotated[str, Granted]
    a: Annotated[UUID, Granted]
    b: Annotated[UUID, Granted]
    country_a: Annotated[str, Internal]
    country_b: Annotated[str, Internal]
    score: Annotated[float, Granted, Tracked]
    reasons: Annotated[list[str], Granted, Tracked]
    found_by: Annotated[str, Granted]
    basis: Annotated[str, Internal]
    dismissed_by: Annotated[str | None, Granted]
    dismissed_at: Annotated[datetime | None, Granted]
    dismissal: Annotated[str | None, Granted]
    settled_by: Annotated[UUID | None, Internal]
    instead_of: Annotated[UUID | None, Internal]
