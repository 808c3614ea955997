"""A broadcast: one mail to many experts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypedDict
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Example, Internal, Public, Record, Texts, Written


class Count(TypedDict):
    """How many recipients have an outcome for a reason."""

    outcome: str
    reason: str | None
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcast(Record):
    """A mail to the experts of a segment. It belongs to no country and is never published.

    `authors` are the principals who wrote it, and the owners of keys among them. `final_counts` are the counts of the
    outcomes, once the recipients were deleted.
    """

    resource_type = Resource("membership", "broadcasts", "broadcast")

    country: Annotated[str | None, Public]  # type: ignore[assignment]
    visibility: Annotated[str, Public]
    subjects: Annotated[Texts, Public, Written, "The subject, by language. `en` is for all other languages."]
    texts: Annotated[Texts, Public, Written, "The plain text, in the languages of the subjects."]
    segment: Annotated[Mapping[str, str], Public, Written, "Filters of the list of experts; none means every expert."]
    purpose: Annotated[
        str,
        Public,
        Written,
        "`outreach` for experts with a consent to `outreach` in force, `service` for what concerns the membership.",
    ]
    send_at: Annotated[datetime | None, Public, Written, "Nothing is sent earlier; null for at once."]
    per_minute: Annotated[int, Public, Written, Example(60), "How many mails are sent in a minute at most."]
    authors: Annotated[list[UUID], Internal]
    frozen_at: Annotated[datetime | None, Public, "When the recipients were listed, after the start; null before."]
    final_counts: Annotated[Sequence[Count] | None, Internal]
