"""How far the files of centres are, over HTTP: the checklist and the stages of one, the durations of all."""

from typing import Annotated

import orjson
from fastapi import Depends, Response

from services.centres.access import ROLES
from services.centres.designation.centres import record
from services.centres.designation.centres.domain import PUBLISHED
from services.centres.designation.centres.operations import load_checklist
from services.centres.designation.centres.routes import CENTRE_API, with_own_centres
from services.centres.designation.stages import queries
from services.centres.designation.stages.domain import checklist
from services.centres.designation.stages.schemas import (
    Checklist,
    PassedStage,
    shown_checklist,
    shown_duration,
    shown_stage,
)
from shared.database.statements import Row
from shared.kernel.clock import today
from shared.kernel.resource import Resource
from shared.records.requirements import require
from shared.records.rows import record_read
from shared.web.contract.route_options import RouteOptions
from shared.web.records.statistics import keys_in, who_is_counted
from shared.web.records.tables import as_table
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.responses import JSON, document_response
from shared.web.request.route import ResourceRouter

STAGES = Resource("centres", "stages", "stage")
_CENTRES = CENTRE_API.kind.resource
KEYS = ("stage", "year")
router = ResourceRouter(STAGES, ROLES, prefix=_CENTRES.path, dependencies=[Depends(with_own_centres)])
Centre = Annotated[Row, Depends(CENTRE_API.readable)]


@router.get("/{record}/checklist", options=RouteOptions(is_item=True), responses={200: {"model": Checklist}})
async def get_centre_checklist(centre: Centre, ctx: CurrentContext) -> Response:
    """Read what a centre lacks for its next transition.

    The conditions as the transition checks them, for grants that cover the centre.
    """
    require(ctx.access_on(_CENTRES), "read", centre["country"], centre["id"])
    of = record_read(record.Centre, centre)
    guard_context = await load_checklist(ctx.connection, of)
    return document_response(ctx, shown_checklist(checklist(of, guard_context)))


@router.get("/{record}/stages", responses={200: {"model": list[PassedStage]}})
async def list_centre_stages(centre: Centre, ctx: CurrentContext) -> Response:
    """List the stages that the file of a centre has passed.

    All of them, the first one first, for applicants and the office: a row for each holder of each state.
    """
    require(ctx.access, "read", centre["country"], centre["id"])
    async with ctx.connection() as connection:
        rows = await queries.of_centre(connection, ctx.access.context, centre["id"])
    return Response(orjson.dumps([shown_stage(row) for row in rows]), media_type=JSON)


async def stage_durations(ctx: RequestContext) -> Response:
    """The days that files spent in each stage, by the year in which they left it. Of fewer than five files there are no
    durations."""
    by = keys_in(ctx.request, KEYS, ",".join(KEYS))
    access = ctx.access_on(_CENTRES)
    async with ctx.connection() as connection:
        rows = await queries.durations(connection, access, by)
    counted = who_is_counted("centres", PUBLISHED, access.access_kind)
    definition = f"Days that files spent in stages that they have left. {counted}."
    items = [shown_duration(row, by) for row in rows]
    content = {"items": items, "as_of": today(), "definition": definition, "total": None}
    return as_table(ctx, document_response(ctx, content), (*by, "files", "median", "p90"))
