"""The ranking and the results of a call over HTTP."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Depends, Response
from sqlalchemy import Float, Text, column
from sqlalchemy.sql.elements import ColumnElement

from services.membership.access import ROLES
from services.membership.selection.calls import record
from services.membership.selection.calls.domain import MOST_SEATS, SCORED
from services.membership.selection.calls.routes import CALL_API
from services.membership.selection.nominations.operations import NOMINATIONS
from services.membership.selection.nominations.queries import experts_of
from services.membership.selection.rankings import queries, schemas
from services.membership.selection.rankings.domain import balance
from services.membership.selection.scores.operations import SCORES
from shared.database.context import SYSTEM_CONTEXT
from shared.database.snapshot import snapshot
from shared.database.statements import Row
from shared.kernel.clock import to_text
from shared.kernel.errors import NotFound, invalid_parameter
from shared.records.access_scope import AccessKind, AccessScope
from shared.records.panels import CHAIR, office_of
from shared.records.requirements import require
from shared.records.rows import record_read
from shared.web.contract.route_options import RouteOptions, query_of
from shared.web.request.paging import cut, linked_page, page_limit, parameters_of, place_of
from shared.web.request.request_context import CurrentContext
from shared.web.request.responses import JSON
from shared.web.request.route import ResourceRouter

router = ResourceRouter(CALL_API.kind.resource, ROLES)
Readable = Annotated[Row, Depends(CALL_API.readable)]
_SELECTED = {"selected": "Ids of nominations, separated by commas."}
_PLACE: list[ColumnElement[Any]] = [column("place", Float), column("ref", Text)]


@router.get(
    "/{record}/ranking",
    options=RouteOptions(query=query_of("limit", "cursor", described=_SELECTED)),
    responses={200: {"model": schemas.Ranking}},
)
async def get_call_ranking(row: Readable, ctx: CurrentContext) -> Response:
    """Rank the nominations of a call.

    By weighted mean, then by ref, in pages, for the panel. `selected` names those whose balance is shown; it stores
    nothing.
    """
    call = record_read(record.Call, row)
    require(ctx.access_on(SCORES.resource), "read", call.country, call.id)
    given = parameters_of(ctx.request)
    chosen, limit = _selected(given.get("selected")), page_limit(given.get("limit"))
    after = place_of(ctx, given.get("cursor"), _PLACE)
    access, nominations = ctx.access_on(SCORES.resource), ctx.access_on(NOMINATIONS.resource)
    async with ctx.connection() as connection:
        mine = await experts_of(connection, access)
    sees_all = _sees_all(access, call, mine)
    of_all = replace(SYSTEM_CONTEXT, records=nominations.context.records)
    async with snapshot(ctx.read_database, of_all if sees_all else access.context) as connection:
        rows = await queries.page(connection, call.id, mine, call.criteria, sees_all=sees_all, after=after, limit=limit)
    rows, following = cut(ctx, rows, limit, lambda row: [row["place"], row["ref"]])
    async with snapshot(ctx.read_database, of_all) as connection:
        named = await queries.names(connection, [row["expert_id"] for row in rows])
        pool, selection = await queries.groups(connection, call.id, mine, chosen)
    if chosen is not None and selection.total != len(chosen):
        raise invalid_parameter("selected", "Ids of nominations of this ranking, separated by commas.")
    body = {
        "items": [schemas.shown(row, named[row["expert_id"]]) for row in rows if row["expert_id"] in named],
        "next": following,
        "seats": call.seats,
        "targets": call.targets,
        "balance": {"pool": balance(pool, call.targets), "selection": balance(selection, call.targets)},
    }
    return linked_page(body, following)


@router.get("/{record}/results", options=RouteOptions(is_public=True), responses={200: {"model": schemas.Results}})
async def get_call_results(row: Readable, ctx: CurrentContext) -> Response:
    """Read the results of a call.

    How many were selected, and the names of those who agree; once the results are published.
    """
    if row["status"] != "published":
        raise NotFound("The results are not published.")
    async with snapshot(ctx.read_database, SYSTEM_CONTEXT) as connection:
        found = await queries.results(connection, row["id"])
    return Response(orjson.dumps({**found, "published_at": to_text(row["published_at"])}), media_type=JSON)


def _sees_all(access: AccessScope, call: record.Call, mine: Sequence[UUID]) -> bool:
    """Whether the means are over all scores: for the chair, for offices over everything, and once the call is decided.
    Other members see those over their own score."""
    return (
        access.access_kind is AccessKind.EVERYWHERE
        or call.status in SCORED
        or any(office_of(call.panel, one) == CHAIR for one in mine)
    )


def _selected(raw: str | None) -> list[UUID] | None:
    if raw is None:
        return None
    parts = [part for part in raw.split(",") if part]
    try:
        chosen = {UUID(part) for part in parts}
    except ValueError:
        chosen = set()
    if len(chosen) != len(parts) or len(chosen) > MOST_SEATS:
        raise invalid_parameter("selected", f"Up to {MOST_SEATS} different ids of nominations, separated by commas.")
    return list(chosen)
