"""What goes over HTTP for scores."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from services.membership.selection.calls.domain import MOST_CRITERIA
from services.membership.selection.calls.schemas import Group
from services.membership.selection.scores import record
from services.membership.selection.scores.operations import SCORES
from services.membership.selection.scores.tables import score
from shared.records.columns import renderer
from shared.web.contract.schemas import RecordBody, RecordResponse
from shared.web.contract.values import written

Points = Annotated[int, Field(ge=0, le=5, strict=True)]


class ScoreBody(RecordBody, of=record.Score):
    """A score as it is written."""

    scores: Annotated[dict[Group, Points], Field(min_length=1, max_length=MOST_CRITERIA, examples=[{"merit": 4}])]
    recommendation: Literal["select", "pass_over"] | None = None


class Score(RecordResponse, of=record.Score, lifecycle=SCORES.lifecycle):
    """A score in a response."""


written_in = written(score, ScoreBody.model_fields)
_render = renderer({column.key: column for column in score.c})


def present(row: Mapping[str, Any]) -> dict[str, Any]:
    """The score in a response."""
    address = record.Score.address_of(record.Score.resource_type, row)
    return {**_render(row), "links": {"self": address}}
