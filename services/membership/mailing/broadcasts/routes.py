"""Broadcasts over HTTP: the routes of every record, the dry run and the recipients."""

from typing import Annotated

import orjson
from fastapi import Depends, Response

from services.membership.access import ROLES
from services.membership.mailing.broadcasts import operations, schemas, segments
from services.membership.mailing.broadcasts.queries import LISTING, OF_BROADCAST, RECIPIENTS
from services.membership.mailing.broadcasts.record import Broadcast
from shared.database.context import SYSTEM_CONTEXT
from shared.database.snapshot import snapshot
from shared.database.statements import Row
from shared.records.rows import record_read
from shared.web.contract.route_options import RouteOptions, query_of_list
from shared.web.contract.schemas import page_of
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi, Steps
from shared.web.request.paging import list_response, members_of
from shared.web.request.request_context import CurrentContext
from shared.web.request.responses import JSON

BROADCAST_API = RecordApi(
    kind=operations.BROADCASTS,
    roles=ROLES,
    listing=LISTING,
    response_model=schemas.Broadcast,
    present=schemas.present,
    bodies=Bodies(schemas.BroadcastBody),
    create=operations.create,
    update=operations.update,
    steps=Steps(operations.transition, guards=operations.load_guard_context),
)
router = record_routes(BROADCAST_API)
_Readable = Annotated[Row, Depends(BROADCAST_API.readable)]
_KNOWN = members_of(schemas.Recipient)


@router.get("/{record}/dry_run", responses={200: {"model": schemas.DryRun}})
async def dry_run_broadcast(row: _Readable, ctx: CurrentContext) -> Response:
    """Count who would get a broadcast.

    By language and, for those who would get no mail, by reason. Nothing is written or sent.
    """
    async with snapshot(ctx.database, SYSTEM_CONTEXT) as connection:
        counts = await segments.count(connection, record_read(Broadcast, row))
    return Response(orjson.dumps(schemas.dry_run(counts)), media_type=JSON)


@router.get(
    "/{record}/recipients",
    options=RouteOptions(query=query_of_list(RECIPIENTS, without=OF_BROADCAST)),
    responses={200: {"model": page_of(schemas.Recipient)}},
)
async def list_broadcast_recipients(row: _Readable, ctx: CurrentContext) -> Response:
    """List the recipients of a broadcast.

    In pages, those who are excluded too; with `format` all of them as a stream.
    """
    fixed = {OF_BROADCAST: row["id"]}
    return await list_response(ctx, RECIPIENTS, schemas.present_recipient, _KNOWN, fixed=fixed)
