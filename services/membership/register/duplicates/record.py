"""A pair of records that may be one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Example, Granted, Internal, Public, Record, Tracked


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate(Record):
    """Two records that may be duplicates.

    `country` is that of both, None if they differ: then only a caller with both countries sees the pair. `settled_by`
    and `instead_of` are the merge that closed the pair, and the pair that replaces it.
    """

    resource_type = Resource("membership", "duplicates", "duplicate")

    country: Annotated[str | None, Public]  # type: ignore[assignment]
    visibility: Annotated[str, Public]
    resource: Annotated[str, Granted, "What the two records are."]
    a: Annotated[UUID, Granted, "The id of one record."]
    b: Annotated[UUID, Granted, "The id of the other record."]
    country_a: Annotated[str, Internal]
    country_b: Annotated[str, Internal]
    score: Annotated[float, Granted, Tracked, "How alike they are, from 0 to 1."]
    reasons: Annotated[list[str], Granted, Tracked, Example(["orcid"]), "What they have in common."]
    found_by: Annotated[str, Granted, "How the pair was found."]
    basis: Annotated[str, Internal]
    dismissed_by: Annotated[
        str | None, Granted, Example(None), "Who dismissed the pair, kind and id; null if nobody did."
    ]
    dismissed_at: Annotated[datetime | None, Granted, "When that was set."]
    dismissal: Annotated[str | None, Granted, "Why they are two."]
    settled_by: Annotated[UUID | None, Internal]
    instead_of: Annotated[UUID | None, Internal]
