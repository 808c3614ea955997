"""The score of a member of a panel in an evaluation."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Example, Prose, Public, Record, Refers, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationScore(Record):
    """What a member of the panel gives to a centre, with its country. It is never published, and others than its author
    see it once the evaluation is completed. A grant over one record names the evaluation."""

    resource_type = Resource("centres", "evaluation_scores", "evaluation_score")
    scope_column = "evaluation_id"
    path = "/centres/v1/evaluations/{evaluation_id}/scores/{id}"

    status: Annotated[str, Public]
    visibility: Annotated[str, Public]
    evaluation_id: Annotated[UUID, Public, Refers("/centres/v1/evaluations"), "The evaluation."]
    expert_id: Annotated[UUID, Public, Refers("/membership/v1/experts"), "The member of the panel."]
    scores: Annotated[
        Mapping[str, int],
        Public,
        Written,
        Example({"relevance": 4}),
        "The score by criterion, from 0 (worst) to 5 (best).",
    ]
    recommendation: Annotated[str | None, Public, Written, "What the member recommends."]
    comment: Annotated[str | None, Public, Written, Prose, "What the member says about the centre."]
    conflict_of_interest: Annotated[
        bool, Public, Written, "Whether the member states a conflict of interest, which stays."
    ]
