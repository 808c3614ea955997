"""The scores of one evaluation over HTTP."""

from services.centres.evaluation.evaluation_scores import operations, queries
from services.centres.evaluation.evaluation_scores.schemas import (
    EvaluationScore,
    EvaluationScoreBody,
    present,
    written_in,
)
from services.centres.evaluation.evaluations.routes import EVALUATION_API
from shared.web.records.parts import About, PartApi, PartOperations, Texts, part_routes

router = part_routes(
    PartApi(
        EVALUATION_API,
        operations.SCORES,
        name="EvaluationScore",
        path="scores",
        key="score_id",
        body=EvaluationScoreBody,
        response_model=EvaluationScore,
        present=present,
        written=written_in,
        operations=PartOperations(
            of_whole=queries.of_evaluation,
            get=queries.get,
            create=operations.create,
            lock=operations.lock,
            update=operations.update,
        ),
        texts=Texts(
            list=About(
                "List the scores of an evaluation",
                "The caller's own; all of them, the first one first, once the evaluation is completed.",
            ),
            get=About("Read a score of an evaluation", "One score, for the panel and the office."),
            create=About(
                "Score a centre in an evaluation",
                "By a member of the panel, while the evaluation is in progress; each once. A conflict of interest may"
                " be stated before, without scores.",
            ),
            update=About(
                "Change a score of an evaluation", "A merge patch by its author, while the evaluation is in progress."
            ),
        ),
    )
)
