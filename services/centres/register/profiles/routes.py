"""The profile of one centre over HTTP."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Body, Depends, Response

from services.centres.access import ROLES
from services.centres.designation.centres import record
from services.centres.designation.centres.routes import CENTRE_API
from services.centres.register.profiles import operations, queries
from services.centres.register.profiles.schemas import Profile, ProfileBody, columns, present, written_in
from shared.database.statements import Row
from shared.records.requirements import require
from shared.records.rows import columns_of, record_read, with_columns
from shared.web.contract.contract import ShownAs, patch_of
from shared.web.contract.route_options import RouteOptions
from shared.web.records.hosting import with_hosted_centres
from shared.web.request.conditional import changed_since, is_current
from shared.web.request.request_context import CurrentContext, RequestContext, header_of
from shared.web.request.responses import item_response, patched
from shared.web.request.route import ResourceRouter

router = ResourceRouter(
    CENTRE_API.kind.resource,
    ROLES,
    dependencies=[Depends(CENTRE_API.dependency), Depends(with_hosted_centres)],
)
Centre = Annotated[Row, Depends(CENTRE_API.readable)]
_PATH = "/{record}/profile"
_PATCH = patch_of("Profile", ProfileBody)


async def _read(ctx: RequestContext, centre: Row) -> Mapping[str, Any]:
    async with ctx.connection() as connection:
        found = await queries.read(connection, ctx.access.context, centre["id"])
    return found or columns_of(operations.empty(record_read(record.Centre, centre)))


def _require_update(ctx: RequestContext, centre: Row) -> None:
    require(ctx.access_on(operations.PROFILES.resource), "update", centre["country"], centre["id"])


@router.get(_PATH, options=RouteOptions(is_public=True, is_item=True), responses={200: {"model": Profile}})
async def get_centre_profile(centre: Centre, ctx: CurrentContext) -> Response:
    """Read the profile of a centre.

    For whoever may know of the centre. Before the first change it is empty, of version 0.
    """
    return item_response(ctx, present(await _read(ctx, centre)))


@router.patch(_PATH, options=RouteOptions(is_conditional=True), responses={200: {"model": Profile}})
async def update_centre_profile(
    patch: Annotated[dict[str, Any], ShownAs(_PATCH), Body(media_type="application/merge-patch+json")],
    centre: Centre,
    ctx: CurrentContext,
) -> Response:
    """Change the profile of a centre.

    A merge patch. `If-Match` names the version of the profile, which is not that of the centre.
    """
    _require_update(ctx, centre)
    row = await _read(ctx, centre)
    if not is_current(ctx.request, row["version"]):
        raise changed_since(present(row))
    body = patched(ProfileBody, written_in(row) if row["version"] else {}, patch)
    before = await operations.lock(ctx.uow, record_read(record.Centre, centre), row["version"])
    await operations.update(ctx.uow, before, with_columns(before, columns(body)))
    return item_response(ctx, present(await _read(ctx, centre)))


@router.post(f"{_PATH}/confirm", responses={200: {"model": Profile}})
async def confirm_centre_profile(centre: Centre, ctx: CurrentContext) -> Response:
    """Confirm the profile of a centre.

    All of it is still true: `confirmed_on` becomes today. `If-Match`, if given, names its version.
    """
    _require_update(ctx, centre)
    row = await _read(ctx, centre)
    if header_of(ctx.request, b"if-match") is not None and not is_current(ctx.request, row["version"]):
        raise changed_since(present(row))
    before = await operations.lock(ctx.uow, record_read(record.Centre, centre), row["version"])
    await operations.confirm(ctx.uow, before)
    return item_response(ctx, present(await _read(ctx, centre)))
