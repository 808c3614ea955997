"""The ranking and the results of a call over HTTP."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

import orjson
from fastapi import Depends, Response

from services.membership.access import ROLES
from services.membership.calls import record
from services.membership.calls.domain import CHAIR, MOST_SEATS, SCORED
from services.membership.calls.record import office_of
from services.membership.calls.routes import CALL_API
from services.membership.nominations.operations import NOMINATIONS
from services.membership.nominations.queries import experts_of
from services.membership.rankings import queries, schemas
from services.membership.rankings.domain import Candidate, balance, ranked
from services.membership.scores.operations import SCORES
from shared.database.context import SYSTEM_CONTEXT
from shared.database.snapshot import snapshot
from shared.database.statements import Row
from shared.kernel.clock import to_text
from shared.kernel.errors import NotFound, invalid_parameter
from shared.records.access_scope import AccessKind
from shared.records.resource_type import require
from shared.records.rows import record_read
from shared.web.paging import parameters_of
from shared.web.request_context import CurrentContext, RequestContext
from shared.web.responses import JSON
from shared.web.route import ResourceRouter
from shared.web.route_options import RouteOptions, query_of

router = ResourceRouter(CALL_API.kind.resource, ROLES)
Readable = Annotated[Row, Depends(CALL_API.readable)]


@router.get(
    "/{record}/ranking",
    options=RouteOptions(query=query_of("selected")),
    operation_id="getCallRanking",
    summary="Rank the nominations of a call",
    description="By weighted mean, for the panel. `selected` names those whose balance is shown; it stores nothing.",
    responses={200: {"model": schemas.Ranking}},
    openapi_extra={
        "parameters": [
            {
                "name": "selected",
                "in": "query",
                "required": False,
                "description": "Ids of nominations, separated by commas.",
                "schema": {"type": "string"},
            }
        ]
    },
)
async def get_ranking(row: Readable, ctx: CurrentContext) -> Response:
    call = record_read(record.Call, row)
    require(ctx.access_on(SCORES.resource), "read", call.country, call.id)
    chosen = _selected(ctx)
    candidates = await _candidates(ctx, call)
    known = {one.id for one in candidates}
    if chosen is not None and not chosen <= known:
        raise invalid_parameter("selected", "Ids of nominations of this ranking, separated by commas.")
    selection = [one for one in candidates if (one.status == "selected" if chosen is None else one.id in chosen)]
    body = {
        "items": [schemas.shown(rank, one) for rank, one in ranked(candidates)],
        "seats": call.seats,
        "targets": call.targets,
        "balance": {"pool": balance(candidates, call.targets), "selection": balance(selection, call.targets)},
    }
    return Response(orjson.dumps(body), media_type=JSON)


@router.get(
    "/{record}/results",
    options=RouteOptions(is_public=True),
    operation_id="getCallResults",
    summary="Read the results of a call",
    description="How many were selected, and the names of those who agree; once the results are published.",
    responses={200: {"model": schemas.Results}},
)
async def get_results(row: Readable, ctx: CurrentContext) -> Response:
    if row["status"] != "published":
        raise NotFound("The results are not published.")
    async with snapshot(ctx.database, SYSTEM_CONTEXT) as connection:
        found = await queries.results(connection, row["id"])
    return Response(orjson.dumps({**found, "published_at": to_text(row["published_at"])}), media_type=JSON)


async def _candidates(ctx: RequestContext, call: record.Call) -> list[Candidate]:
    """The nominees with their means. The chair, and offices over everything, see the means over all scores; members
    those over their own score before the decision."""
    access, nominations = ctx.access_on(SCORES.resource), ctx.access_on(NOMINATIONS.resource)
    of_all = replace(SYSTEM_CONTEXT, records=nominations.context.records)
    async with ctx.connection() as connection:
        mine = await experts_of(connection, access)
    sees_all = (
        access.access_kind is AccessKind.EVERYWHERE
        or call.status in SCORED
        or any(office_of(call.panel, one) == CHAIR for one in mine)
    )
    async with snapshot(ctx.database, of_all) as connection:
        rows = await queries.candidates(connection, call.id, mine)
    async with snapshot(ctx.database, of_all if sees_all else access.context) as connection:
        means = await queries.means(connection, call.id, mine, call.criteria, sees_all=sees_all)
    return [queries.candidate(row, means.get(row["id"])) for row in rows]


def _selected(ctx: RequestContext) -> set[UUID] | None:
    raw = parameters_of(ctx.request).get("selected")
    if raw is None:
        return None
    try:
        chosen = {UUID(part) for part in raw.split(",") if part}
    except ValueError:
        chosen = set()
    if len(chosen) != len([part for part in raw.split(",") if part]) or len(chosen) > MOST_SEATS:
        raise invalid_parameter("selected", f"Up to {MOST_SEATS} different ids of nominations, separated by commas.")
    return chosen
