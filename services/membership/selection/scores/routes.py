"""The scores of one nomination over HTTP."""

from services.membership.selection.nominations.routes import NOMINATION_API
from services.membership.selection.scores import operations, queries
from services.membership.selection.scores.schemas import Score, ScoreBody, present, written_in
from shared.web.records.parts import About, PartApi, PartOperations, Texts, part_routes

router = part_routes(
    PartApi(
        NOMINATION_API,
        operations.SCORES,
        name="NominationScore",
        path="scores",
        key="score_id",
        scope="call_id",
        body=ScoreBody,
        response_model=Score,
        present=present,
        written=written_in,
        operations=PartOperations(
            of_whole=queries.of_nomination,
            get=queries.get,
            create=operations.create,
            lock=operations.lock,
            update=operations.update,
        ),
        texts=Texts(
            list=About(
                "List the scores of a nomination",
                "The caller's own; all of them, the first one first, once the call is decided.",
            ),
            get=About("Read a score", "One score of the nomination, for the panel."),
            create=About(
                "Score a nomination",
                "By a member of the panel without a conflict of interest, while the call is assessed; each once.",
            ),
            update=About("Change a score", "A merge patch by its author, while the call is assessed."),
        ),
    )
)
