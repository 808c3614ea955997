"""A declaration of interests of an expert."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, TypedDict
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Example, Public, Record, Refers, Written

Interest = TypedDict("Interest", {"kind": str, "party": str, "from": str | None, "to": str | None, "text": str | None})
"""An interest that could influence the expert's work. Days are ISO 8601."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration(Record):
    """What an expert declares for a year. It is never published."""

    resource_type = Resource("membership", "declarations", "declaration")
    scope_column = "expert_id"

    visibility: Annotated[str, Public]
    expert_id: Annotated[UUID, Public, Written, Refers("/membership/v1/experts"), "The expert who declares."]
    year: Annotated[int, Public, Written, Example(2026), "The year that the declaration is for."]
    notice_version: Annotated[str, Public, Written, Example("2026"), "The version of the notice that the expert signs."]
    interests: Annotated[Sequence[Interest], Public, Written, "The declared interests; none is an empty list."]
    signed_on: Annotated[date | None, Public, "The day on which the expert signed; null for a draft."]
