"""A participation in a congress."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Example, Fixed, Internal, Public, Record, Refers, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Participation(Record):
    """An expert's participation in a congress, whose country is the expert's. It is never published."""

    resource_type = Resource("membership", "participations", "participation")
    scope_column = "expert_id"

    visibility: Annotated[str, Public]
    congress_id: Annotated[UUID, Public, Written, Fixed, Refers("/membership/v1/congresses"), "The congress."]
    expert_id: Annotated[UUID, Public, Written, Fixed, Refers("/membership/v1/experts"), "The expert who takes part."]
    role: Annotated[str, Public, Written, Example("speaker"), "In what role the expert takes part."]
    mode: Annotated[
        str | None,
        Public,
        Written,
        Example("onsite"),
        "Whether the expert takes part on site or online; null if unknown.",
    ]
    superseded_by: Annotated[
        UUID | None,
        Public,
        Refers("/membership/v1/participations"),
        "The participation that counts instead, after a merge of two experts who had the same role.",
    ]
    status_before: Annotated[str | None, Internal]
