"""Terms over HTTP. They are opened and ended by the steps of their centre, so there is only reading."""

from typing import Annotated

from fastapi import Depends, Response

from services.centres.access import ROLES
from services.centres.centres.designation import TERMS
from services.centres.terms.queries import LISTING
from services.centres.terms.schemas import DesignationTerm, present
from shared.database.statements import Row
from shared.kernel.errors import NotFound
from shared.records.resource_type import require
from shared.web.paging import list_response, pick_fields
from shared.web.request_context import CurrentContext
from shared.web.responses import HISTORY_QUERY, history_response, item_response, key_of
from shared.web.route import ResourceRouter
from shared.web.route_options import RouteOptions, query_of, query_of_list
from shared.web.schemas import History, page_of

router = ResourceRouter(TERMS.resource, ROLES)
_KNOWN = frozenset(DesignationTerm.model_fields)


async def readable_term(record: str, ctx: CurrentContext) -> Row:
    """The term, if the caller may know of it. Raises NotFound."""
    async with ctx.connection() as connection:
        row = await LISTING.get(connection, ctx.access, key_of(record))
    if row is None:
        raise NotFound("There is no such term.")
    return row


Readable = Annotated[Row, Depends(readable_term)]


@router.get(
    "",
    options=RouteOptions(query=query_of_list(LISTING)),
    operation_id="listTerms",
    summary="List term records",
    description="Terms of centres that the caller may know of.",
    responses={200: {"model": page_of(DesignationTerm)}},
)
async def list_terms(ctx: CurrentContext) -> Response:
    return await list_response(ctx, LISTING, present, _KNOWN)


@router.get(
    "/{record}",
    options=RouteOptions(is_item=True, query=query_of("fields")),
    operation_id="getTerm",
    summary="Read one term",
    description="One term of a centre.",
    responses={200: {"model": DesignationTerm}},
)
async def get_term(row: Readable, ctx: CurrentContext) -> Response:
    return item_response(ctx, present(row, ctx.access), fields=pick_fields(ctx.request, _KNOWN))


@router.get(
    "/{record}/history",
    options=RouteOptions(query=query_of(*HISTORY_QUERY)),
    operation_id="getTermHistory",
    summary="Read the history of one term",
    description="Who changed the term when, the latest change first.",
    responses={200: {"model": History}},
)
async def get_term_history(row: Readable, ctx: CurrentContext) -> Response:
    require(ctx.access, "history", row["country"], row["id"])
    whole = ctx.access.sees_all_fields(row["country"], row["id"])
    return await history_response(ctx, row["id"], () if whole else TERMS.private)
