"""A retention rule."""

from dataclasses import dataclass
from typing import Annotated

from shared.kernel.resource import Resource
from shared.records.record import Example, Public, Record, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionRule(Record):
    """How long records of one kind stay in a state, and what follows. It belongs to no country, and is never
    published. Only a draft changes."""

    resource_type = Resource("membership", "retention_rules", "retention_rule")

    country: Annotated[str | None, Public]  # type: ignore[assignment]
    visibility: Annotated[str, Public]
    resource: Annotated[str, Public, Written, Example("experts"), "The kind of record."]
    state: Annotated[
        str | None,
        Public,
        Written,
        Example("rejected"),
        "The state that the records are in; null for every state that a rule may name.",
    ]
    after: Annotated[
        str,
        Public,
        Written,
        Example("P2Y"),
        "How long a record stays in the state: an ISO 8601 duration in years, months, weeks and days, of at least a day"
        " and at most 100 years.",
    ]
    action: Annotated[
        str,
        Public,
        Written,
        Example("erase"),
        "What follows: `erase` requests the erasure of the person, `delete` deletes the record.",
    ]
    basis: Annotated[
        str,
        Public,
        Written,
        Example("A complaint may follow within two years."),
        "Why the records stay so long and no longer.",
    ]
