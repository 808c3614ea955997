"""Invitations to review contributions over HTTP: the routes of every record, and those below one contribution."""

from typing import Annotated

from fastapi import Depends, Response

from services.actions.access import ROLES
from services.actions.global_report.contributions.guards import with_parts
from services.actions.global_report.contributions.record import Contribution
from services.actions.global_report.contributions.routes import CONTRIBUTION_API
from services.actions.global_report.review.reviewers import operations, schemas
from services.actions.global_report.review.reviewers.queries import LISTING
from shared.database.statements import Row
from shared.records.rows import record_read
from shared.web.contract.route_options import RouteOptions, query_of_list
from shared.web.contract.schemas import page_of
from shared.web.records.record_routes import record_routes
from shared.web.records.records import RecordApi, Steps
from shared.web.request.paging import list_response, members_of
from shared.web.request.request_context import CurrentContext
from shared.web.request.route import ResourceRouter

REVIEWER_API = RecordApi(
    kind=operations.REVIEWERS,
    roles=ROLES,
    listing=LISTING,
    response_model=schemas.ContributionReviewer,
    present=schemas.present,
    steps=Steps(operations.transition, guards=operations.load_guard_context, fields=schemas.ContributionReviewerFields),
    dependency=with_parts,
)
router = record_routes(REVIEWER_API)
of_contribution = ResourceRouter(
    operations.REVIEWERS.resource, ROLES, CONTRIBUTION_API.kind.resource.path, dependencies=[Depends(with_parts)]
)
_Contribution = Annotated[Row, Depends(CONTRIBUTION_API.readable)]


@of_contribution.get(
    "/{record}/reviewers",
    options=RouteOptions(query=query_of_list(LISTING, without="contribution_id")),
    responses={200: {"model": page_of(schemas.ContributionReviewer)}},
)
async def list_reviewers_of_contribution(contribution: _Contribution, ctx: CurrentContext) -> Response:
    """List the experts who are invited to review a contribution.

    For editors who are none of its authors, and for who is invited.
    """
    known = members_of(schemas.ContributionReviewer)
    return await list_response(
        ctx, LISTING, schemas.present, known, fixed={"contribution_id": contribution["id"]}, verbs=("create",)
    )


@of_contribution.post(
    "/{record}/reviewers",
    options=RouteOptions(problems=("is_an_author", "same_institution", "conflict_of_interest", "round_not_open")),
    status_code=201,
    responses={201: {"model": schemas.ContributionReviewer}},
)
async def create_contribution_reviewer(
    body: schemas.ContributionReviewerCreate, contribution: _Contribution, ctx: CurrentContext
) -> Response:
    """Invite an expert to review a contribution.

    In a round that is planned or open. A mail invites the expert, who states conflicts of interest with `accept`.
    """
    of = record_read(Contribution, contribution)
    invited = await operations.create(ctx.uow, ctx.access, of, body.expert_id, body.round)
    return await REVIEWER_API.respond_with(ctx, invited.id, status=201)
