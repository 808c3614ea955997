"""A grant of a role."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Document, Example, Granted, Part, Public, Record, Refers, Tracked, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant(Record):
    """A grant of a role to an account or a client. `country` is that of its scope, where it is one country or an
    institution.

    `created_by` is who granted; `second_person` the account that confirms, where one was named; `delegated_from` the
    grant whose holder passes it on for a time; `predecessor_id` the grant whose holder handed the role over;
    `caused_by` whose act the grant follows from, where it follows from a record or waits since a merge.
    """

    resource_type = Resource("access", "grants", "grant")
    principal_column = "principal_id"

    country: Annotated[str | None, Public]  # type: ignore[assignment]
    visibility: Annotated[str, Public]
    principal_kind: Annotated[str, Granted, Written, Part]
    principal_id: Annotated[UUID, Granted, Written, Part]
    role: Annotated[str, Granted, Written, Example("national_author"), "The role that is given."]
    scope_kind: Annotated[str, Granted, Written, Example("country"), "The kind of the scope."]
    scope_id: Annotated[
        str | None,
        Granted,
        Written,
        Example("XA"),
        "The scope of the role: a country code, a region, an id; null if the scope is global.",
    ]
    starts: Annotated[date, Granted, Written, Part]
    ends: Annotated[date | None, Granted, Written, Part]
    reason: Annotated[
        str | None, Granted, "Why it was given; the record that it follows from, where the system gave it."
    ]
    second_person: Annotated[
        UUID | None, Granted, Written, Refers("/access/v1/accounts"), "The account that confirms the grant."
    ]
    delegated_from: Annotated[
        UUID | None, Granted, Written, Refers("/access/v1/grants"), "The grant whose holder passes it on for a time."
    ]
    predecessor_id: Annotated[
        UUID | None, Granted, Refers("/access/v1/grants"), "The grant of the former holder, who handed the role over."
    ]
    caused_by: Annotated[
        str | None,
        Granted,
        Tracked,
        Example(None),
        "Whose act the grant follows from, kind and id, where the system gave it because of a record.",
    ]
    letter: Annotated[
        Document | None, Granted, Written, "The letter of the institution whose representative asks for the role."
    ]
    proof: Annotated[
        str | None,
        Granted,
        Example(None),
        "How the person who asks for the role of a representative belongs to the institution: by the domain of the"
        " verified `address`, or by a `letter`; null for all other grants.",
    ]
    place: Annotated[
        str | None,
        Granted,
        Example(None),
        "The country of the record that the role is over, where an invitation or a delegation gives it; whoever may"
        " invite or delegate there may confirm it.",
    ]
