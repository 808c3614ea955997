"""What goes over HTTP for milestones."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from services.actions.classification.schemes.schemas import Tag
from services.actions.plan.milestones import domain, record
from services.actions.plan.milestones.tables import milestone
from shared.kernel.clock import today
from shared.records.plain import presenter
from shared.web.contract.fields import Body, Document, Line, LocalizedTexts, Prose, Texts
from shared.web.contract.schemas import RecordBody, RecordResponse


class MilestoneBody(RecordBody, of=record.Milestone):
    """A milestone as it is written; its action stays. Another `due` comes with its `due_reason`.

    `weight` is its share among the action's milestones. `evidence_required` says which evidence a claim needs; with
    false it needs none.
    """

    weight: Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)] = 1
    codes: Annotated[list[Tag], Field(max_length=50)] = []
    deliverable: Prose | Texts | None = None
    evidence_required: bool | Line = True


class MilestoneCreate(MilestoneBody, is_creation=True):
    """A new milestone of an action."""


class MilestoneFields(Body):
    """What `claim` takes: one document, or several."""

    evidence: Annotated[
        Document | Annotated[list[Document], Field(min_length=1, max_length=50)] | None,
        "For `claim`: one document, or several.",
    ] = None

    def model_dump(self, **how: Any) -> dict[str, Any]:
        """Always a list of JSON documents."""
        given = super().model_dump(**{**how, "mode": "json"})
        if isinstance(self.evidence, Document):
            given["evidence"] = [given["evidence"]]
        return given


class Milestone(RecordResponse, of=record.Milestone, lifecycle=domain.LIFECYCLE):
    """A milestone as a caller sees it. `overdue`: its day is over and it is neither done nor dropped."""

    codes: list[Tag]
    deliverable: str | LocalizedTexts | None
    evidence_required: bool | str
    overdue: Annotated[bool, "Whether its day is over and it is neither done nor dropped."]


def _overdue(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"overdue": domain.is_overdue(row["status"], row["due"], today())}


present = presenter(record.Milestone, milestone, derive=_overdue)
