"""The scores of one nomination over HTTP."""

from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Body, Depends, Response

from services.membership.access import ROLES
from services.membership.nominations import record
from services.membership.nominations.routes import NOMINATION_API
from services.membership.scores import operations, queries
from services.membership.scores.schemas import Score, ScoreBody, present, written_in
from services.membership.scores.tables import score
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

router = ResourceRouter(NOMINATION_API.kind.resource, ROLES)
Nomination = Annotated[Row, Depends(NOMINATION_API.readable)]
_ITEM = "/{record}/scores/{score_id}"
_PATCH = patch_of("Score", ScoreBody)


def _readable(ctx: RequestContext, nomination: Row) -> AccessScope:
    access = ctx.access_on(operations.SCORES.resource)
    require(access, "read", nomination["country"], nomination["call_id"])
    return access


async def readable_score(score_id: str, nomination: Nomination, ctx: CurrentContext) -> Row:
    """The score of a nomination, for the panel. Raises Forbidden, NotFound."""
    access, key = _readable(ctx, nomination), key_of(score_id)
    if isinstance(key, UUID):
        async with ctx.connection() as connection:
            row = await queries.get(connection, access, nomination["id"], key)
        if row is not None:
            return row
    raise NotFound("There is no such score.")


Readable = Annotated[Row, Depends(readable_score)]


@router.get(
    "/{record}/scores",
    operation_id="listNominationScores",
    summary="List the scores of a nomination",
    description="The caller's own; all of them, the first one first, once the call is decided.",
    responses={200: {"model": page_of(Score)}},
)
async def list_scores(nomination: Nomination, ctx: CurrentContext) -> Response:
    access = _readable(ctx, nomination)
    async with ctx.connection() as connection:
        rows = await queries.of_nomination(connection, access, nomination["id"])
    return Response(orjson.dumps({"items": [present(row) for row in rows], "next": None}), media_type=JSON)


@router.get(
    _ITEM,
    options=RouteOptions(is_item=True),
    operation_id="getNominationScore",
    summary="Read a score",
    description="One score of the nomination, for the panel.",
    responses={200: {"model": Score}},
)
async def get_score(row: Readable, ctx: CurrentContext) -> Response:
    return item_response(ctx, present(row))


@router.post(
    "/{record}/scores",
    operation_id="createNominationScore",
    summary="Score a nomination",
    description="By a member of the panel without a conflict of interest, while the call is assessed; each once.",
    status_code=201,
    responses={201: {"model": Score}},
)
async def create_score(body: ScoreBody, nomination: Nomination, ctx: CurrentContext) -> Response:
    access = ctx.access_on(operations.SCORES.resource)
    new = operations.SCORES.new(row_values(body, score))
    entered = await operations.create(ctx.uow, access, record_read(record.Nomination, nomination), new)
    return item_response(ctx, present(columns_of(entered)), status=201)


@router.patch(
    _ITEM,
    options=RouteOptions(is_conditional=True),
    operation_id="updateNominationScore",
    summary="Change a score",
    description="A merge patch by its author, while the call is assessed. `If-Match` names the version.",
    responses={200: {"model": Score}},
)
async def update_score(
    patch: Annotated[dict[str, Any], ShownAs(_PATCH), Body(media_type="application/merge-patch+json")],
    nomination: Nomination,
    row: Readable,
    ctx: CurrentContext,
) -> Response:
    of = record_read(record.Nomination, nomination)
    if not is_current(ctx.request, row["version"]):
        raise changed_since(present(row))
    body = patched(ScoreBody, written_in(row), patch)
    access = ctx.access_on(operations.SCORES.resource)
    before = await operations.lock(ctx.uow, access, of, row["id"], row["version"])
    after = await operations.update(ctx.uow, before, with_columns(before, row_values(body, score)))
    return item_response(ctx, present(columns_of(after)))
