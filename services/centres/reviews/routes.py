"""The reviews of one centre over HTTP."""

from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Body, Depends, Response

from services.centres.access import ROLES
from services.centres.centres import record
from services.centres.centres.routes import CENTRE_API
from services.centres.reviews import operations, queries
from services.centres.reviews.schemas import Review, ReviewBody, present, written_in
from services.centres.reviews.tables import review
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

router = ResourceRouter(CENTRE_API.kind.resource, ROLES)
Centre = Annotated[Row, Depends(CENTRE_API.readable)]
_ITEM = "/{record}/reviews/{review_id}"
_PATCH = patch_of("Review", ReviewBody)


def _readable(ctx: RequestContext, centre: Row) -> AccessScope:
    access = ctx.access_on(operations.REVIEWS.resource)
    require(access, "read", centre["country"], centre["id"])
    return access


async def readable_review(review_id: str, centre: Centre, ctx: CurrentContext) -> Row:
    """The review of a centre, for grants that read reviews. Raises Forbidden, NotFound."""
    access, key = _readable(ctx, centre), key_of(review_id)
    if isinstance(key, UUID):
        async with ctx.connection() as connection:
            row = await queries.get(connection, access.context, centre["id"], key)
        if row is not None:
            return row
    raise NotFound("There is no such review.")


Readable = Annotated[Row, Depends(readable_review)]


@router.get(
    "/{record}/reviews",
    operation_id="listCentreReviews",
    summary="List a centre's reviews",
    description="All of them, the first one first, for grants that read reviews.",
    responses={200: {"model": page_of(Review)}},
)
async def list_reviews(centre: Centre, ctx: CurrentContext) -> Response:
    access = _readable(ctx, centre)
    async with ctx.connection() as connection:
        rows = await queries.of_centre(connection, access.context, centre["id"])
    return Response(orjson.dumps({"items": [present(row) for row in rows], "next": None}), media_type=JSON)


@router.get(
    _ITEM,
    options=RouteOptions(is_item=True),
    operation_id="getCentreReview",
    summary="Read a review",
    description="One review of the centre, for grants that read reviews.",
    responses={200: {"model": Review}},
)
async def get_review(row: Readable, ctx: CurrentContext) -> Response:
    return item_response(ctx, present(row))


@router.post(
    "/{record}/reviews",
    operation_id="createCentreReview",
    summary="Enter a review",
    description="By the reviewer, while the centre is under review; each reviewer once.",
    status_code=201,
    responses={201: {"model": Review}},
)
async def create_review(body: ReviewBody, centre: Centre, ctx: CurrentContext) -> Response:
    access = ctx.access_on(operations.REVIEWS.resource)
    new = operations.REVIEWS.new(row_values(body, review))
    entered = await operations.create(ctx.uow, access, record_read(record.Centre, centre), new)
    return item_response(ctx, present(columns_of(entered)), status=201)


@router.patch(
    _ITEM,
    options=RouteOptions(is_conditional=True),
    operation_id="updateCentreReview",
    summary="Change a review",
    description="A merge patch by the reviewer, while the centre is under review. `If-Match` names the version.",
    responses={200: {"model": Review}},
)
async def update_review(
    patch: Annotated[dict[str, Any], ShownAs(_PATCH), Body(media_type="application/merge-patch+json")],
    centre: Centre,
    row: Readable,
    ctx: CurrentContext,
) -> Response:
    of = record_read(record.Centre, centre)
    await operations.require_author(ctx.uow, ctx.access_on(operations.REVIEWS.resource), of, row["reviewer_id"])
    if not is_current(ctx.request, row["version"]):
        raise changed_since(present(row))
    body = patched(ReviewBody, written_in(row), patch)
    before = await operations.lock(ctx.uow, of, row["id"], row["version"])
    after = await operations.update(ctx.uow, before, with_columns(before, row_values(body, review)))
    return item_response(ctx, present(columns_of(after)))
