"""Frameworks over HTTP; one is also found by its code, which contains a slash."""

from fastapi import Response

from services.actions.access import ROLES
from services.actions.plan.frameworks import operations, queries, schemas
from shared.kernel.errors import NotFound
from shared.web.contract.route_options import RouteOptions, query_of
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi
from shared.web.request.paging import members_of, pick_fields
from shared.web.request.request_context import CurrentContext
from shared.web.request.responses import item_response

API = RecordApi(
    kind=operations.FRAMEWORKS,
    roles=ROLES,
    listing=queries.LISTING,
    response_model=schemas.Framework,
    present=schemas.present,
    bodies=Bodies(schemas.FrameworkBody, creation=schemas.FrameworkCreate),
    create=operations.create,
    update=operations.update,
    is_public=True,
)
router = record_routes(API)


@router.get(
    "/{name}/{year:int}",
    options=RouteOptions(is_public=True, is_item=True, query=query_of("fields")),
    operation_id="getFrameworkByCode",
    summary="Read one framework by its code",
    responses={200: {"model": schemas.Framework}},
)
async def get_framework_by_code(name: str, year: int, ctx: CurrentContext) -> Response:
    """`/frameworks/3+1/2026`."""
    async with ctx.connection() as connection:
        row = await queries.by_code(connection, ctx.access, f"{name}/{year}")
    if row is None:
        raise NotFound("There is no framework of this code.")
    picked = pick_fields(ctx.request, members_of(schemas.Framework))
    return item_response(ctx, await API.item(row, ctx), fields=picked)
