"""Rounds of review over HTTP: the routes of every record, and those below one edition."""

from typing import Annotated

from fastapi import Depends, Response

from services.actions.access import ROLES
from services.actions.global_report.contributions.guards import with_parts
from services.actions.global_report.editions.record import Edition
from services.actions.global_report.editions.routes import EDITION_API
from services.actions.global_report.review.rounds import operations, schemas
from services.actions.global_report.review.rounds.queries import LISTING
from services.actions.global_report.review.rounds.tables import review_round
from shared.database.statements import Row
from shared.records.rows import record_read
from shared.web.contract.route_options import RouteOptions, query_of_list
from shared.web.contract.schemas import page_of
from shared.web.contract.values import row_values
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi, Steps
from shared.web.request.error_mapping import register_constraint
from shared.web.request.paging import list_response, members_of
from shared.web.request.request_context import CurrentContext
from shared.web.request.route import ResourceRouter

register_constraint("action_review_round_number_key", "/number", "The edition has a round of this number.")
ROUND_API = RecordApi(
    kind=operations.ROUNDS,
    roles=ROLES,
    listing=LISTING,
    response_model=schemas.ReviewRound,
    present=schemas.present,
    bodies=Bodies(schemas.ReviewRoundBody),
    update=operations.update,
    steps=Steps(operations.transition, guards=operations.load_guard_context),
    dependency=with_parts,
)
router = record_routes(ROUND_API)
of_edition = ResourceRouter(
    operations.ROUNDS.resource, ROLES, EDITION_API.kind.resource.path, dependencies=[Depends(with_parts)]
)
_Edition = Annotated[Row, Depends(EDITION_API.readable)]


@of_edition.get(
    "/{record}/review_rounds",
    options=RouteOptions(query=query_of_list(LISTING, without="edition_id")),
    responses={200: {"model": page_of(schemas.ReviewRound)}},
)
async def list_edition_review_rounds(edition: _Edition, ctx: CurrentContext) -> Response:
    """List the rounds of review of an edition.

    All for its editors; for reviewers and officials those in which they take part.
    """
    known = members_of(schemas.ReviewRound)
    return await list_response(
        ctx, LISTING, schemas.present, known, fixed={"edition_id": edition["id"]}, verbs=("create",)
    )


@of_edition.post(
    "/{record}/review_rounds",
    options=RouteOptions(problems=("edition_frozen",)),
    status_code=201,
    responses={201: {"model": schemas.ReviewRound}},
)
async def create_review_round(body: schemas.ReviewRoundCreate, edition: _Edition, ctx: CurrentContext) -> Response:
    """Plan a round of review of an edition.

    It opens and closes at its instants, or before by `open` and `close`.
    """
    new = operations.ROUNDS.new(row_values(body, review_round))
    made = await operations.create(ctx.uow, ctx.access, record_read(Edition, edition), new)
    return await ROUND_API.respond_with(ctx, made.id, status=201)
