"""An evaluation of a centre."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from services.centres.evaluation.evaluations.conditions import Condition
from shared.kernel.resource import Resource
from shared.records.panels import Conflict, Criterion, PanelMember
from shared.records.record import Document, Granted, Internal, Public, Record, Refers, Tracked, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation(Record):
    """An evaluation of a centre by a panel, with the centre's country. It is never published.

    Grants over the centre read it without the panel, and the findings once it is completed.
    """

    resource_type = Resource("centres", "evaluations", "evaluation")

    visibility: Annotated[str, Public]
    centre_id: Annotated[UUID, Public, Written, Refers("/centres/v1/centres"), "The centre that is evaluated."]
    kind: Annotated[str, Public, Written, "The occasion: the middle of a term, its renewal, or another one."]
    panel: Annotated[Sequence[PanelMember], Granted, Written, "The experts who evaluate; not for the centre."]
    criteria: Annotated[Sequence[Criterion], Public, Written, "What the panel scores, and how much it counts."]
    starts: Annotated[date | None, Public, Written, "The first day."]
    ends: Annotated[date | None, Public, Written, "The day by which the panel scores."]
    visit: Annotated[date | None, Public, Written, "The day on which the panel visits the centre."]
    report: Annotated[
        Document | None, Granted, Written, "The report of the panel; for the centre once the evaluation is completed."
    ]
    recommendation: Annotated[
        str | None, Granted, Written, "What the panel recommends; for the centre once the evaluation is completed."
    ]
    conditions: Annotated[
        Sequence[Condition],
        Granted,
        Written,
        "What the centre has to do; for the centre once the evaluation is completed.",
    ]
    completed_on: Annotated[date | None, Public, Tracked, "The day on which it was completed."]
    response: Annotated[str | None, Public, Tracked, "What the centre's director says about the findings."]
    responded_on: Annotated[date | None, Public, Tracked, "The day of this response."]
    conflicts: Annotated[Sequence[Conflict], Internal]
