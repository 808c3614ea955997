"""What goes over HTTP for targets."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.actions.measurement.subjects.domain import MOST_PARTS
from services.actions.measurement.subjects.schemas import Code, Dimensions, SubjectBody
from services.actions.measurement.targets import domain, record
from services.actions.measurement.targets.tables import target
from shared.records.plain import presenter
from shared.web.contract.fields import Body, DecimalText, Prose, Visible
from shared.web.contract.schemas import RecordResponse


class TargetPart(Body):
    """What is to be reached in a part of the whole."""

    dimensions: Dimensions
    value: Annotated[DecimalText, "The number that is to be reached."]


class TargetBody(Body, of=record.Target):
    """A target as it is written; its indicator, subject and period stay."""

    value: DecimalText | None = None
    code: Code | None = None
    breakdown: Annotated[list[TargetPart], Field(max_length=MOST_PARTS)] = []
    comment: Prose | None = None
    visibility: Visible = "network"


class TargetCreate(SubjectBody, TargetBody, of=record.Target):
    """A new target."""

    period_id: UUID


class Target(RecordResponse, of=record.Target, lifecycle=domain.LIFECYCLE):
    """A target as a caller sees it."""

    breakdown: list[TargetPart]


present = presenter(record.Target, target)
