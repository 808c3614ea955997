"""Comments over HTTP: the routes of every record, those below one contribution, and the list of an edition."""

from typing import Annotated

from fastapi import Depends, Response

from services.actions.access import ROLES
from services.actions.global_report.contributions.guards import with_parts
from services.actions.global_report.contributions.record import Contribution
from services.actions.global_report.contributions.routes import CONTRIBUTION_API
from services.actions.global_report.editions.routes import EDITION_API
from services.actions.global_report.review.comments import operations, schemas
from services.actions.global_report.review.comments.queries import LISTING
from shared.database.statements import Row
from shared.records.rows import record_read
from shared.web.contract.route_options import RouteOptions, query_of_list
from shared.web.contract.schemas import page_of
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Items, RecordApi, Steps
from shared.web.request.paging import list_response, members_of
from shared.web.request.request_context import CurrentContext
from shared.web.request.route import ResourceRouter
from shared.web.request.streams import format_of

COMMENT_API = RecordApi(
    kind=operations.COMMENTS,
    roles=ROLES,
    listing=LISTING,
    response_model=schemas.Comment,
    present=schemas.present,
    steps=Steps(operations.transition, guards=operations.load_guard_context, fields=schemas.CommentFields),
    is_public=True,
    items=Items(in_history=lambda row, line: None if row["is_hidden"] else line),
    dependency=with_parts,
)
router = record_routes(COMMENT_API)
of_contribution = ResourceRouter(
    operations.COMMENTS.resource, ROLES, CONTRIBUTION_API.kind.resource.path, dependencies=[Depends(with_parts)]
)
of_edition = ResourceRouter(
    operations.COMMENTS.resource, ROLES, EDITION_API.kind.resource.path, dependencies=[Depends(with_parts)]
)
_Contribution = Annotated[Row, Depends(CONTRIBUTION_API.readable)]
_Edition = Annotated[Row, Depends(EDITION_API.readable)]
_KNOWN = members_of(schemas.Comment)
_FILES = ("xlsx", "csv")


@of_contribution.get(
    "/{record}/comments",
    options=RouteOptions(is_public=True, query=query_of_list(LISTING, without="contribution_id")),
    responses={200: {"model": page_of(schemas.Comment)}},
)
async def list_contribution_comments(contribution: _Contribution, ctx: CurrentContext) -> Response:
    """List the comments on a contribution.

    All for editors and authors, whom an edition may hide who comments; for others their own, and those that were
    published with the edition, with the names of who consents to it.
    """
    return await list_response(
        ctx, LISTING, schemas.present, _KNOWN, fixed={"contribution_id": contribution["id"]}, verbs=("create",)
    )


@of_contribution.post(
    "/{record}/comments",
    options=RouteOptions(problems=("is_an_author", "round_not_open", "unknown_block", "quote_not_found")),
    status_code=201,
    responses={201: {"model": schemas.Comment}},
)
async def create_comment(body: schemas.CommentCreate, contribution: _Contribution, ctx: CurrentContext) -> Response:
    """Comment on blocks of a contribution.

    In a round that is open, on the present version. It gets the next number in the edition.
    """
    of = record_read(Contribution, contribution)
    made = await operations.create(ctx.uow, ctx.access, of, body.round, body.said())
    return await COMMENT_API.respond_with(ctx, made.id, status=201)


@of_edition.get(
    "/{record}/comments",
    options=RouteOptions(is_public=True, query=query_of_list(LISTING, without="edition_id")),
    responses={200: {"model": page_of(schemas.Comment)}},
)
async def list_edition_comments(edition: _Edition, ctx: CurrentContext) -> Response:
    """List the comments on an edition.

    In pages; with `format=xlsx` or `csv` all that the caller may know of, in the columns that an import reads.
    """
    fixed = {"edition_id": edition["id"]}
    if format_of(ctx.request.query_params) in _FILES:
        return await list_response(ctx, LISTING, schemas.as_line, frozenset(schemas.LINE), fixed=fixed)
    return await list_response(ctx, LISTING, schemas.present, _KNOWN, fixed=fixed)
