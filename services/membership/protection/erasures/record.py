"""An erasure of an expert."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.personal import ToReview
from shared.records.record import Example, Granted, Internal, Public, Record, Refers, Tracked


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure(Record):
    """A request to erase everything that is stored about a person. It is never published.

    `subjects` are the experts that are the person: the expert and those merged with it, once it runs. `requested_by`
    are the ids of the requester and of a key's owner, none for a retention rule; `account_id` is the person's account
    at that time.
    """

    resource_type = Resource("membership", "erasures", "erasure")
    scope_column = "expert_id"

    visibility: Annotated[str, Public]
    expert_id: Annotated[UUID, Public, Refers("/membership/v1/experts"), "The expert who is erased."]
    account_id: Annotated[UUID | None, Internal]
    requested_by: Annotated[list[UUID], Internal]
    second_person: Annotated[
        UUID | None,
        Granted,
        Refers("/access/v1/accounts"),
        "The only account that may confirm; null where any other administrator may.",
    ]
    was_restricted: Annotated[bool, Internal]
    subjects: Annotated[list[UUID], Internal]
    due_at: Annotated[datetime | None, Public, Tracked, "When it runs; null before it is confirmed."]
    held_until: Annotated[date | None, Public, Tracked, "The last day of the hold; null where it is not held."]
    done_at: Annotated[datetime | None, Public, "When all services had erased; null before."]
    reports: Annotated[
        Mapping[str, Mapping[str, int]],
        Public,
        Example({"centres": {"seats": 1}}),
        "How many rows each service has erased, by kind of row.",
    ]
    review: Annotated[
        Sequence[ToReview],
        Granted,
        "Texts and documents that may name the person, which somebody has to look at: address and field.",
    ]
