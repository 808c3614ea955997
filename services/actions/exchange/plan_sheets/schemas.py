"""The fields that the rows of actions and milestones may set, with the rules of bodies."""

from typing import Annotated, Literal

from pydantic import Field

from services.actions.classification.schemes.schemas import Tag
from services.actions.plan.actions import domain
from services.actions.plan.actions.schemas import ActionLocation, Baseline, Budget
from shared.web.contract.fields import Body, Day, Line, Prose, Texts, Titles


class ParticipantRow(Body):
    """An institution that takes part. `institution_id` is a ref, a ROR id or an id; `role` as in actions."""

    institution_id: Line
    role: Annotated[int, Field(ge=1, le=4)]


class ActionRow(Body):
    """A row of an action. `programme` is a ref or an id. `location` is the only one, of the columns of a place."""

    programme: Line | None = None
    pillar: Literal[domain.PILLARS] | None = None  # type: ignore[valid-type]
    kind: Literal[domain.KINDS] = "action"  # type: ignore[valid-type]
    titles: Titles | None = None
    descriptions: Texts = {}
    planned_start: Day | None = None
    planned_end: Day | None = None
    participants: Annotated[list[ParticipantRow], Field(max_length=200)] = []
    location: ActionLocation | None = None
    locations: Annotated[list[ActionLocation], Field(max_length=50)] = []
    tags: Annotated[list[Tag], Field(max_length=100)] = []
    budget: Budget | None = None
    baseline: Baseline | None = None


class MilestoneRow(Body):
    """A row of a milestone. `action` is a ref or an id."""

    action: Line | None = None
    titles: Titles | None = None
    due: Day | None = None
    due_reason: Prose | None = None
    weight: Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)] = 1
    codes: Annotated[list[Tag], Field(max_length=50)] = []
    deliverable: Prose | Texts | None = None
    evidence_required: bool | Line = True
