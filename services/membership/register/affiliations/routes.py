"""The affiliations of one expert over HTTP."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Body, Depends, Response

from services.membership.access import ROLES
from services.membership.register.affiliations import operations, queries
from services.membership.register.affiliations.changes import AFFILIATIONS
from services.membership.register.affiliations.domain import LIFECYCLE, MatchGuardContext
from services.membership.register.affiliations.record import columns_of
from services.membership.register.affiliations.schemas import (
    ListedAffiliation,
    MatchFields,
    present,
    present_listed,
    values,
    written,
)
from services.membership.register.experts.affiliation import Affiliation, AffiliationCreate
from services.membership.register.experts.record import Expert as ExpertRecord
from services.membership.register.experts.routes import EXPERT_API
from shared.database.statements import Row
from shared.kernel.errors import NotFound
from shared.records.requirements import require
from shared.records.resource_type import TransitionRequest
from shared.records.rows import record_read
from shared.web.contract.contract import ShownAs, patch_of
from shared.web.contract.route_options import RouteOptions, query_of_list
from shared.web.contract.schemas import TransitionBody, Transitions, page_of, transition_model
from shared.web.request.conditional import changed_since, is_current
from shared.web.request.paging import list_response, members_of
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.responses import JSON, item_response, key_of, patched, transitions_response
from shared.web.request.route import ResourceRouter

router = ResourceRouter(EXPERT_API.kind.resource, ROLES)
Expert = Annotated[Row, Depends(EXPERT_API.readable)]
_LIST, _ITEM = "/{record}/affiliations", "/{record}/affiliations/{affiliation}"
_STEPS = f"{_ITEM}/transitions"
_PATCH = patch_of("Affiliation", AffiliationCreate)
_TRANSITION = transition_model("Affiliation", LIFECYCLE, MatchFields)


async def readable_affiliation(affiliation: str, expert: Expert, ctx: CurrentContext) -> Row:
    """The affiliation of an expert whom the caller may see. Raises NotFound."""
    key = key_of(affiliation)
    if isinstance(key, UUID):
        async with ctx.connection() as connection:
            row = await queries.get(connection, ctx.access.context, expert["id"], key)
        if row is not None:
            return row
    raise NotFound("There is no such affiliation.")


Readable = Annotated[Row, Depends(readable_affiliation)]


@router.get(_LIST, options=RouteOptions(is_public=True), responses={200: {"model": page_of(Affiliation)}})
async def list_expert_affiliations(expert: Expert, ctx: CurrentContext) -> Response:
    """List an expert's affiliations.

    All of them, the first one first.
    """
    async with ctx.connection() as connection:
        rows = await queries.of_expert(connection, ctx.access.context, expert["id"])
    return Response(orjson.dumps({"items": [present(row) for row in rows], "next": None}), media_type=JSON)


@router.get(_ITEM, options=RouteOptions(is_public=True, is_item=True), responses={200: {"model": Affiliation}})
async def get_expert_affiliation(row: Readable, ctx: CurrentContext) -> Response:
    """Read an affiliation.

    One affiliation of the expert.
    """
    return item_response(ctx, present(row))


@router.post(_LIST, status_code=201, responses={201: {"model": Affiliation}})
async def create_expert_affiliation(body: AffiliationCreate, expert: Expert, ctx: CurrentContext) -> Response:
    """Add an affiliation.

    To an institution of the register by its id, or to a text that is matched with the register later.
    """
    require(ctx.access, "update", expert["country"], expert["id"])
    owner = record_read(ExpertRecord, expert)
    new = replace(operations.blank(owner, _source(ctx, expert)), **values(body))
    affiliation = await operations.create(ctx.uow, owner, new)
    return item_response(ctx, present(columns_of(affiliation)), status=201)


@router.patch(_ITEM, options=RouteOptions(is_conditional=True), responses={200: {"model": Affiliation}})
async def update_expert_affiliation(
    patch: Annotated[dict[str, Any], ShownAs(_PATCH), Body(media_type="application/merge-patch+json")],
    expert: Expert,
    row: Readable,
    ctx: CurrentContext,
) -> Response:
    """Change an affiliation.

    A merge patch; `If-Match` names the version of the affiliation.
    """
    require(ctx.access, "update", expert["country"], expert["id"])
    if not is_current(ctx.request, row["version"]):
        raise changed_since(present(row))
    body = patched(AffiliationCreate, written(row), patch)
    before = await operations.lock(ctx.uow, row["id"], row["version"])
    wanted = replace(before, **values(body))
    owner = record_read(ExpertRecord, expert)
    after = await operations.update(ctx.uow, owner, before, wanted, _source(ctx, expert))
    return item_response(ctx, present(columns_of(after)))


@router.get(_STEPS, responses={200: {"model": Transitions}})
async def get_expert_affiliation_transitions(expert: Expert, row: Readable, ctx: CurrentContext) -> Response:
    """List the transitions of the match of an affiliation.

    The transitions of the match, and whether the caller may take them.
    """
    status = row["match_status"] or "waiting"
    guard_context = MatchGuardContext(is_stated=row["raw"] is None)
    return transitions_response(
        LIFECYCLE, status, LIFECYCLE.available_actions(status, guard_context, _may(ctx, expert)), MatchFields
    )


@router.post(_STEPS, options=RouteOptions(is_conditional=True), responses={200: {"model": Affiliation}})
async def transition_expert_affiliation(
    body: Annotated[TransitionBody, ShownAs(_TRANSITION)], expert: Expert, row: Readable, ctx: CurrentContext
) -> Response:
    """Decide which institution an affiliation means.

    `accept` names the institution; other verbs leave the text as it is.
    """
    require(ctx.access, "update", expert["country"], expert["id"])
    if not is_current(ctx.request, row["version"]):
        raise changed_since(present(row))
    before = await operations.lock(ctx.uow, row["id"], row["version"])
    requested = TransitionRequest(body.action, body.reason, body.fields)
    owner = record_read(ExpertRecord, expert)
    after = await operations.decide(ctx.uow, owner, before, requested, _may(ctx, expert))
    return item_response(ctx, present(columns_of(after)))


matches = ResourceRouter(EXPERT_API.kind.resource, ROLES)
"""Affiliations of all experts that the caller's grants cover, to decide what is open."""
matches.prefix = AFFILIATIONS.path


@matches.get(
    "",
    options=RouteOptions(query=query_of_list(queries.LISTING)),
    operation_id="listAffiliations",
    summary="List affiliations by the state of their match",
    description="Of all experts that the caller's grants cover, with candidates where the match is open.",
    responses={200: {"model": page_of(ListedAffiliation)}},
)
async def list_matches(ctx: CurrentContext) -> Response:
    return await list_response(ctx, queries.LISTING, present_listed, members_of(ListedAffiliation))


def _may(ctx: RequestContext, expert: Row) -> Callable[[str], bool]:
    return lambda _verb: ctx.access.may("update", expert["country"], expert["id"])


def _source(ctx: RequestContext, expert: Row) -> str:
    return "self" if ctx.principal.is_account(expert["account_id"]) else "secretariat"
