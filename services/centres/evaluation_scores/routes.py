"""The scores of one evaluation over HTTP."""

from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Body, Depends, Response

from services.centres.access import ROLES
from services.centres.evaluation_scores import operations, queries
from services.centres.evaluation_scores.schemas import (
    EvaluationScore,
    EvaluationScoreBody,
    present,
    written_in,
)
from services.centres.evaluation_scores.tables import evaluation_score
from services.centres.evaluations import record
from services.centres.evaluations.guards import with_own_record
from services.centres.evaluations.routes import EVALUATION_API
from shared.database.statements import Row
from shared.kernel.errors import NotFound
from shared.records.access_scope import AccessScope
from shared.records.resource_type import require
from shared.records.rows import columns_of, record_read, with_columns
from shared.web.conditional import changed_since, is_current
from shared.web.contract import ShownAs, patch_of
from shared.web.request_context import CurrentContext, RequestContext
from shared.web.responses import JSON, item_response, key_of, patched
from shared.web.route import ResourceRouter
from shared.web.route_options import RouteOptions
from shared.web.schemas import page_of
from shared.web.values import row_values

router = ResourceRouter(EVALUATION_API.kind.resource, ROLES, dependencies=[Depends(with_own_record)])
Evaluation = Annotated[Row, Depends(EVALUATION_API.readable)]
_ITEM = "/{record}/scores/{score_id}"
_PATCH = patch_of("EvaluationScore", EvaluationScoreBody)


def _readable(ctx: RequestContext, evaluation: Row) -> AccessScope:
    access = ctx.access_on(operations.SCORES.resource)
    require(access, "read", evaluation["country"], evaluation["id"])
    return access


async def readable_score(score_id: str, evaluation: Evaluation, ctx: CurrentContext) -> Row:
    """The score of an evaluation, for the panel and the office. Raises Forbidden, NotFound."""
    access, key = _readable(ctx, evaluation), key_of(score_id)
    if isinstance(key, UUID):
        async with ctx.connection() as connection:
            row = await queries.get(connection, access, evaluation["id"], key)
        if row is not None:
            return row
    raise NotFound("There is no such score.")


Readable = Annotated[Row, Depends(readable_score)]


@router.get(
    "/{record}/scores",
    operation_id="listEvaluationScores",
    summary="List the scores of an evaluation",
    description="The caller's own; all of them, the first one first, once the evaluation is completed.",
    responses={200: {"model": page_of(EvaluationScore)}},
)
async def list_scores(evaluation: Evaluation, ctx: CurrentContext) -> Response:
    access = _readable(ctx, evaluation)
    async with ctx.connection() as connection:
        rows = await queries.of_evaluation(connection, access, evaluation["id"])
    return Response(orjson.dumps({"items": [present(row) for row in rows], "next": None}), media_type=JSON)


@router.get(
    _ITEM,
    options=RouteOptions(is_item=True),
    operation_id="getEvaluationScore",
    summary="Read a score of an evaluation",
    description="One score, for the panel and the office.",
    responses={200: {"model": EvaluationScore}},
)
async def get_score(row: Readable, ctx: CurrentContext) -> Response:
    return item_response(ctx, present(row))


@router.post(
    "/{record}/scores",
    operation_id="createEvaluationScore",
    summary="Score a centre in an evaluation",
    description="By a member of the panel, while the evaluation is in progress; each once. A conflict of interest may"
    " be stated before, without scores.",
    status_code=201,
    responses={201: {"model": EvaluationScore}},
)
async def create_score(body: EvaluationScoreBody, evaluation: Evaluation, ctx: CurrentContext) -> Response:
    access = ctx.access_on(operations.SCORES.resource)
    new = operations.SCORES.new(row_values(body, evaluation_score))
    entered = await operations.create(ctx.uow, access, record_read(record.Evaluation, evaluation), new)
    return item_response(ctx, present(columns_of(entered)), status=201)


@router.patch(
    _ITEM,
    options=RouteOptions(is_conditional=True),
    operation_id="updateEvaluationScore",
    summary="Change a score of an evaluation",
    description="A merge patch by its author, while the evaluation is in progress. `If-Match` names the version.",
    responses={200: {"model": EvaluationScore}},
)
async def update_score(
    patch: Annotated[dict[str, Any], ShownAs(_PATCH), Body(media_type="application/merge-patch+json")],
    evaluation: Evaluation,
    row: Readable,
    ctx: CurrentContext,
) -> Response:
    of = record_read(record.Evaluation, evaluation)
    if not is_current(ctx.request, row["version"]):
        raise changed_since(present(row))
    body = patched(EvaluationScoreBody, written_in(row), patch)
    access = ctx.access_on(operations.SCORES.resource)
    before, present_of = await operations.lock(ctx.uow, access, of, row["id"], row["version"])
    wanted = with_columns(before, row_values(body, evaluation_score))
    after = await operations.update(ctx.uow, present_of, before, wanted)
    return item_response(ctx, present(columns_of(after)))
