"""Merges over HTTP: the routes of every record but for changes, and a creation that can be previewed."""

from typing import Annotated, Any

import orjson
from fastapi import Depends, Query, Response

from services.membership.access import ROLES
from services.membership.register.merges import operations, record
from services.membership.register.merges.domain import MergeGuardContext
from services.membership.register.merges.pairing import Asked
from services.membership.register.merges.queries import LISTING
from services.membership.register.merges.schemas import (
    Merge,
    MergeCreate,
    MergePreview,
    UndoFields,
    present,
    present_preview,
)
from services.membership.register.merges.subjects import SUBJECTS
from shared.database.statements import Row
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.step_up import TWO_FACTORS
from shared.records.access_scope import AccessScope
from shared.records.resource_type import TransitionRequest
from shared.records.rows import record_read
from shared.web.contract.route_options import RouteOptions
from shared.web.records.record_routes import may_create, record_routes
from shared.web.records.records import Bodies, RecordApi, Steps
from shared.web.request.request_context import RequestContext
from shared.web.request.responses import JSON, key_of
from shared.web.request.step_up import require_step_up


class _MergeApi(RecordApi[record.Merge, MergeGuardContext]):
    async def take(self, uow: UnitOfWork, access: AccessScope, row: Row, requested: TransitionRequest) -> None:
        if requested.action == "undo":
            operations.require_undo(access, record_read(record.Merge, row))
        await super().take(uow, access, row, requested)

    async def item(self, row: Row, ctx: RequestContext, access: AccessScope | None = None) -> dict[str, Any]:
        shown = await super().item(row, ctx, access)
        async with ctx.connection() as connection:
            merge = record_read(record.Merge, row)
            shown["conflicts"] = await operations.conflicts(connection, ctx.principal, merge)
        return shown


MERGE_API = _MergeApi(
    kind=operations.MERGES,
    roles=ROLES,
    listing=LISTING,
    response_model=Merge,
    present=present,
    bodies=Bodies(creation=MergeCreate),
    steps=Steps(operations.undo, guards=operations.load_guard_context, may=operations.permitted, fields=UndoFields),
)
router = record_routes(MERGE_API)


@router.post(
    "",
    options=RouteOptions(problems=("not_found",), step_up=TWO_FACTORS.only("without `dry_run`")),
    operation_id="createMerge",
    summary="Merge two records, or see what that would do",
    status_code=201,
    responses={200: {"model": MergePreview}, 201: {"model": Merge}},
)
async def create_merge(
    body: MergeCreate,
    ctx: Annotated[RequestContext, Depends(may_create)],
    dry_run: Annotated[bool, Query(description="Whether to show what the merge would do.")] = False,
) -> Response:
    """The loser becomes part of the winner: its address returns 308, and references to it follow. With `dry_run=true`
    nothing is written, and no idempotency key is used."""
    asked = Asked(body.resource, key_of(body.winner_id), key_of(body.loser_id), body.choices)
    if not dry_run:
        await require_step_up(ctx.request, ctx.principal, TWO_FACTORS)
        merge = await operations.create(ctx.uow, ctx.principal, asked)
        return await MERGE_API.respond_with(ctx, merge.id, status=201)
    found = await operations.preview(ctx.uow.connection, ctx.principal, asked)
    access = ctx.access_on(SUBJECTS[body.resource].kind.resource)
    response = Response(orjson.dumps(present_preview(found, access), default=str), media_type=JSON)
    response.is_preview = True  # type: ignore[attr-defined]
    return response
