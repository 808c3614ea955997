"""Pairs of records that may be one over HTTP: reading them, deciding about them, and ordering a search."""

from typing import Annotated, Any

from fastapi import Depends, Response

from services.membership.access import ROLES
from services.membership.register.duplicates import operations, record
from services.membership.register.duplicates.domain import LIFECYCLE
from services.membership.register.duplicates.operations import SEARCH_JOB, permitted_on
from services.membership.register.duplicates.pairs import DUPLICATES
from services.membership.register.duplicates.queries import LISTING
from services.membership.register.duplicates.schemas import Duplicate, SearchBody, present
from shared.database.statements import Row
from shared.kernel.clock import now
from shared.kernel.errors import Forbidden, NotFound
from shared.kernel.lifecycle import AvailableAction
from shared.records.resource_type import TransitionRequest
from shared.records.rows import columns_of, record_read
from shared.web.contract.contract import ShownAs
from shared.web.contract.route_options import RouteOptions, query_of, query_of_list
from shared.web.contract.schemas import History, TransitionBody, Transitions, page_of, transition_model
from shared.web.jobs.jobs import Job, queued_response
from shared.web.request.conditional import changed_since, is_current
from shared.web.request.paging import list_response, members_of, pick_fields
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.responses import (
    HISTORY_QUERY,
    actions,
    history_response,
    item_response,
    key_of,
    transitions_response,
)
from shared.web.request.route import ResourceRouter

router = ResourceRouter(DUPLICATES.resource, ROLES)
_KNOWN = members_of(Duplicate)
Transition = Annotated[TransitionBody, ShownAs(transition_model("Duplicate", LIFECYCLE))]
_PAIR: dict[int | str, dict[str, Any]] = {200: {"model": Duplicate}}


async def readable_duplicate(record: str, ctx: CurrentContext) -> Row:
    """The pair, for offices over both of its records. Raises NotFound."""
    async with ctx.connection() as connection:
        row = await LISTING.get(connection, ctx.access, key_of(record))
    if row is None:
        raise NotFound("There is no such pair.")
    return row


Readable = Annotated[Row, Depends(readable_duplicate)]


def available_actions(row: Row, ctx: RequestContext) -> list[AvailableAction]:
    """The verbs of the pair's state for this caller."""
    pair = record_read(record.Duplicate, row)
    return LIFECYCLE.available_actions(pair.status, None, permitted_on(ctx.access, pair))


def item(row: Row, ctx: RequestContext) -> dict[str, Any]:
    """The pair as an item response."""
    return {**present(row), "allowed_actions": actions(available_actions(row, ctx))}


async def changeable_duplicate(row: Readable, ctx: CurrentContext) -> Row:
    """The same for who may change it, as it was read. Raises Forbidden, PreconditionRequired and VersionConflict."""
    may = permitted_on(ctx.access, record_read(record.Duplicate, row))
    if not any(may(transition.verb) for transition in LIFECYCLE.transitions):
        raise Forbidden("Your grants do not include this.", members={"reason": "not_permitted"})
    if not is_current(ctx.request, row["version"]):
        raise changed_since(item(row, ctx))
    return row


Changeable = Annotated[Row, Depends(changeable_duplicate)]


@router.get(
    "",
    options=RouteOptions(query=query_of_list(LISTING)),
    operation_id="listDuplicates",
    summary="List pairs of records that may be one",
    responses={200: {"model": page_of(Duplicate)}},
)
async def list_duplicates(ctx: CurrentContext) -> Response:
    """Pairs that were found at an entry, in an import or by a search. Those that the caller may know of;
    `sort=-score` begins with the surest."""
    return await list_response(ctx, LISTING, present, _KNOWN, verbs=("history", *LIFECYCLE.verbs))


@router.post(
    "/searches",
    operation_id="searchDuplicates",
    summary="Search a whole collection for duplicates",
    status_code=202,
    responses={202: {"model": Job}},
)
async def search_duplicates(body: SearchBody, ctx: CurrentContext) -> Response:
    """Left to the worker. The job's result says how many records were compared, and how many pairs found and new."""
    if not ctx.principal.permission_scope(ROLES, DUPLICATES.resource.name, "search").everywhere:
        raise Forbidden("Your grants do not include this.", members={"reason": "not_permitted"})
    job = await operations.order_search(ctx.uow, body.resource, whole=body.whole)
    return queued_response("membership", job, SEARCH_JOB, now())


@router.get("/{record}", options=RouteOptions(is_item=True, query=query_of("fields")), responses=_PAIR)
async def get_duplicate(row: Readable, ctx: CurrentContext) -> Response:
    """Read one pair.

    Two records that may be one, for grants that cover both.
    """
    return item_response(ctx, item(row, ctx), fields=pick_fields(ctx.request, _KNOWN))


@router.get(
    "/{record}/history", options=RouteOptions(query=query_of(*HISTORY_QUERY)), responses={200: {"model": History}}
)
async def get_duplicate_history(row: Readable, ctx: CurrentContext) -> Response:
    """Read the history of one pair.

    Who changed the pair when, the latest change first.
    """
    if not _may_read_history(row, ctx):
        raise Forbidden("Your grants do not include this.", members={"reason": "not_permitted"})
    return await history_response(ctx, row["id"])


@router.get("/{record}/transitions", responses={200: {"model": Transitions}})
async def get_duplicate_transitions(row: Readable, ctx: CurrentContext) -> Response:
    """List the transitions of one pair.

    Whether the pair can be dismissed or opened again.
    """
    also = ["history"] if _may_read_history(row, ctx) else []
    return transitions_response(LIFECYCLE, row["status"], available_actions(row, ctx), permitted=also)


def _may_read_history(row: Row, ctx: RequestContext) -> bool:
    return all(ctx.access.may("history", row[side]) for side in ("country_a", "country_b"))


@router.post(
    "/{record}/transitions",
    options=RouteOptions(is_conditional=True),
    operation_id="transitionDuplicate",
    summary="Dismiss a pair, or open it again",
    responses=_PAIR,
)
async def transition_duplicate(body: Transition, row: Changeable, ctx: CurrentContext) -> Response:
    """`dismiss` states with its reason why the two are not duplicates; the pair remains dismissed until a compared
    field of one of them changes. A pair becomes merged by the merge of its records."""
    before = await DUPLICATES.lock(ctx.uow, row["id"], row["version"])
    requested = TransitionRequest(body.action, body.reason, body.fields)
    after = await operations.transition(ctx.uow, ctx.access, before, requested)
    actions_after = LIFECYCLE.available_actions(after.status, None, permitted_on(ctx.access, after))
    return item_response(ctx, {**present(columns_of(after)), "allowed_actions": actions(actions_after)})
