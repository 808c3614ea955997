"""What goes over HTTP for scores of evaluations."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from services.centres.evaluation.evaluation_scores import record
from services.centres.evaluation.evaluation_scores.operations import SCORES
from services.centres.evaluation.evaluation_scores.tables import evaluation_score
from services.centres.evaluation.evaluations.domain import MOST_CRITERIA, RECOMMENDATIONS
from services.centres.evaluation.evaluations.schemas import Recommendation
from shared.records.columns import renderer
from shared.web.contract.contract import STATES
from shared.web.contract.questionnaires import Key
from shared.web.contract.schemas import RecordBody, RecordResponse
from shared.web.contract.values import written

Points = Annotated[int, Field(ge=0, le=5, strict=True)]


class EvaluationScoreBody(RecordBody, of=record.EvaluationScore):
    """A score as it is written."""

    scores: Annotated[dict[Key, Points], Field(max_length=MOST_CRITERIA, examples=[{"relevance": 4}])] = {}
    recommendation: Recommendation | None = None
    conflict_of_interest: Annotated[bool, Field(strict=True)] = False


class EvaluationScore(RecordResponse, of=record.EvaluationScore, lifecycle=SCORES.lifecycle):
    """A score in a response."""

    recommendation: Annotated[str | None, Field(examples=["renew"], json_schema_extra={STATES: [*RECOMMENDATIONS]})]


written_in = written(evaluation_score, EvaluationScoreBody.model_fields)
_render = renderer({column.key: column for column in evaluation_score.c})


def present(row: Mapping[str, Any]) -> dict[str, Any]:
    """The score in a response."""
    address = record.EvaluationScore.address_of(record.EvaluationScore.resource_type, row)
    return {**_render(row), "links": {"self": address}}
