"""What goes over HTTP for actions and milestones."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from services.actions.delivery import domain, record
from services.actions.delivery.tables import action, milestone
from shared.kernel.clock import today
from shared.records.plain import presenter
from shared.web.fields import Body, Day, Document, Keyword, Line, PartialDate, Prose, RecordAnswer, Texts, Titles

_MOST = 10**15
Figure = Annotated[int, Field(strict=True)] | Annotated[float, Field(allow_inf_nan=False)]
Sum = Annotated[int, Field(strict=True, ge=0, le=_MOST)] | Annotated[float, Field(allow_inf_nan=False, ge=0, le=_MOST)]


class Participant(Body):
    """An institution that takes part, with its role by the IATI codelist OrganisationRole: 1 funding, 2 accountable,
    3 extending, 4 implementing."""

    institution_id: UUID
    role: Annotated[int, Field(ge=1, le=4, strict=True)]


class Tag(Body):
    """A code of a vocabulary, such as a target of the SDGs."""

    scheme: Keyword
    code: Keyword


class Budget(Body):
    """Money in a currency of ISO 4217."""

    amount: Sum
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class Baseline(Body):
    """The figure that the action's progress is measured from: what, how much, in which unit, as of when."""

    measure: Line | None = None
    value: Figure
    unit: Line
    date: PartialDate
    source: Document | None = None


class ActionBody(Body):
    """An action as it is written; its programme stays. A plan is complete when, in each of the three pillars, an action
    has a baseline."""

    pillar: Literal[domain.PILLARS]  # type: ignore[valid-type]
    kind: Literal[domain.KINDS] = "action"  # type: ignore[valid-type]
    titles: Titles
    planned_start: Day | None = None
    planned_end: Day | None = None
    participants: Annotated[list[Participant], Field(max_length=200)] = []
    tags: Annotated[list[Tag], Field(max_length=100)] = []
    budget: Budget | None = None
    baseline: Baseline | None = None

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> "ActionBody":
        if self.planned_start and self.planned_end and self.planned_end < self.planned_start:
            raise PydanticCustomError("invalid_date", "An action ends after it starts.")
        return self


class ActionCreate(ActionBody):
    """A new action of a programme."""

    programme_id: UUID


class Action(RecordAnswer):
    """An action as a caller sees it; `iati_status` is its code in the IATI codelist ActivityStatus."""

    programme_id: UUID
    pillar: str
    kind: str
    titles: dict[str, str]
    planned_start: date | None
    planned_end: date | None
    actual_start: date | None
    actual_end: date | None
    participants: list[dict[str, Any]]
    tags: list[dict[str, Any]]
    budget: dict[str, Any] | None = None
    baseline: dict[str, Any] | None
    iati_status: int


class MilestoneBody(Body):
    """A milestone as it is written; its action stays. Another `due` comes with its `due_reason`.

    `weight` is its share among the action's milestones. `evidence_required` says which evidence a claim needs; with
    false it needs none.
    """

    titles: Titles
    due: Day
    due_reason: Prose | None = None
    weight: Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)] = 1
    deliverable: Prose | Texts | None = None
    evidence_required: bool | Line = True


class MilestoneCreate(MilestoneBody):
    """A new milestone of an action."""

    action_id: UUID


class MilestoneFields(Body):
    """What `claim` takes: one document, or several."""

    evidence: Document | Annotated[list[Document], Field(min_length=1, max_length=50)] | None = None

    def model_dump(self, **how: Any) -> dict[str, Any]:
        """Always a list of JSON documents."""
        given = super().model_dump(**{**how, "mode": "json"})
        if isinstance(self.evidence, Document):
            given["evidence"] = [given["evidence"]]
        return given


class Milestone(RecordAnswer):
    """A milestone as a caller sees it. `overdue`: its day is over and it is neither done nor dropped."""

    action_id: UUID
    titles: dict[str, str]
    due: date
    first_due: date
    due_reason: str | None
    weight: float
    deliverable: Any
    evidence_required: Any
    evidence: list[dict[str, Any]] | None = None
    claimed_by: str | None = None
    claimed_on: date | None
    verified_on: date | None
    overdue: bool


def _iati(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"iati_status": domain.IATI_STATUS[row["status"]]}


def _overdue(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"overdue": domain.is_overdue(row["status"], row["due"], today())}


present_action = presenter(record.Action, action, derive=_iati)
present_milestone = presenter(record.Milestone, milestone, derive=_overdue)
