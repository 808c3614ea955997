"""A target of an indicator."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, TypedDict
from uuid import UUID

from services.actions.measurement.subjects.record import Subject
from shared.kernel.resource import Resource
from shared.records.record import Example, Public, Refers, Written


class TargetPart(TypedDict):
    """A part of the whole: codes by the keys of its dimensions, and a number in decimal text."""

    dimensions: Mapping[str, str]
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Target(Subject):
    """What is to be reached in a period."""

    resource_type = Resource("actions", "targets", "target")

    visibility: Annotated[str, Public, Written, "Who may know of the target."]
    period_id: Annotated[UUID, Public, Written, Refers("/actions/v1/periods"), "The period."]
    value: Annotated[Decimal | None, Public, Written, "The number that is to be reached."]
    code: Annotated[str | None, Public, Written, Example("full"), "The code of the scale that is to be reached."]
    breakdown: Annotated[Sequence[TargetPart], Public, Written, "What is to be reached in parts of the whole."]
    comment: Annotated[str | None, Public, Written, "What the target is based on."]
