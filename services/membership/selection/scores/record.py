"""The score of a nomination by a member of the panel."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Example, Prose, Public, Record, Refers, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Score(Record):
    """What a member of the panel gives to a nomination, with the nominee's country. It is never published, and others
    than its author see it once the call is decided. A grant over one record names the call."""

    resource_type = Resource("membership", "scores", "score")
    scope_column = "call_id"
    path = "/membership/v1/nominations/{nomination_id}/scores/{id}"

    status: Annotated[str, Public]
    visibility: Annotated[str, Public]
    nomination_id: Annotated[UUID, Public, Refers("/membership/v1/nominations"), "The nomination."]
    call_id: Annotated[UUID, Public, Refers("/membership/v1/calls"), "The call of the nomination."]
    expert_id: Annotated[UUID, Public, Refers("/membership/v1/experts"), "The member of the panel."]
    scores: Annotated[
        Mapping[str, int], Public, Written, Example({"merit": 4}), "The score by criterion, from 0 (worst) to 5 (best)."
    ]
    comment: Annotated[str | None, Public, Written, Prose, "What the member says about the nomination."]
    recommendation: Annotated[str | None, Public, Written, Example("select"), "What the member recommends."]
