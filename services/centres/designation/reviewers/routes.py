"""Invitations to review centres over HTTP: the routes of every record, those below one centre, and the decision with
a mailed token."""

from typing import Annotated

import orjson
from fastapi import Depends, Response

from services.centres.access import ROLES
from services.centres.designation.centres import record
from services.centres.designation.centres.routes import CENTRE_API
from services.centres.designation.reviewers import operations
from services.centres.designation.reviewers.queries import LISTING, OF_CENTRE
from services.centres.designation.reviewers.schemas import (
    DecidedInvitation,
    InvitationDecision,
    Reviewer,
    ReviewerChange,
    ReviewerCreate,
    ReviewerFields,
    decided,
    present,
)
from services.centres.designation.reviewers.tables import reviewer
from shared.database.statements import Row
from shared.records.resource_type import TransitionRequest
from shared.records.rows import record_read
from shared.web.contract.route_options import RouteOptions, query_of_list
from shared.web.contract.schemas import page_of
from shared.web.contract.values import row_values
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi, Steps
from shared.web.request.mailed_tokens import BY_MAILED_TOKEN, limit_tries
from shared.web.request.paging import list_response, members_of
from shared.web.request.request_context import CurrentContext
from shared.web.request.responses import JSON
from shared.web.request.route import ResourceRouter

REVIEWER_API = RecordApi(
    kind=operations.REVIEWERS,
    roles=ROLES,
    listing=LISTING,
    response_model=Reviewer,
    present=present,
    bodies=Bodies(ReviewerChange),
    update=operations.update,
    steps=Steps(operations.transition, guards=operations.load_guard_context, fields=ReviewerFields),
)
router = record_routes(REVIEWER_API)
of_centre = ResourceRouter(operations.REVIEWERS.resource, ROLES)
of_centre.prefix = CENTRE_API.kind.resource.path
Centre = Annotated[Row, Depends(CENTRE_API.readable)]
_CENTRE = "centre_id"


@router.post("/answer", options=BY_MAILED_TOKEN, responses={200: {"model": DecidedInvitation}})
async def decide_reviewer_invitation(body: InvitationDecision, ctx: CurrentContext) -> Response:
    """Accept or decline an invitation to review a centre.

    With the token of the mail, without signing in. The same decision may be repeated.
    """
    await limit_tries(ctx)
    stated = {"conflict_of_interest": body.conflict_of_interest, "conflict": body.conflict}
    fields = stated if body.decision == "accept" else {}
    requested = TransitionRequest(body.decision, body.reason, fields)
    after = await operations.decide(ctx.uow, body.token, requested)
    return Response(orjson.dumps(decided(after)), media_type=JSON)


@of_centre.get(
    "/{record}/reviewers",
    options=RouteOptions(query=query_of_list(OF_CENTRE, without=_CENTRE)),
    responses={200: {"model": page_of(Reviewer)}},
)
async def list_centre_reviewers(centre: Centre, ctx: CurrentContext) -> Response:
    """List the experts who are invited to review a centre.

    Those that the caller may know of, in pages; with `format` all of them as a stream.
    """
    known = members_of(Reviewer)
    return await list_response(ctx, OF_CENTRE, present, known, fixed={_CENTRE: centre["id"]}, verbs=("create",))


@of_centre.post("/{record}/reviewers", status_code=201, responses={201: {"model": Reviewer}})
async def create_centre_reviewer(body: ReviewerCreate, centre: Centre, ctx: CurrentContext) -> Response:
    """Invite an expert to review a centre.

    While the centre is under review. A mail with a link invites the expert.
    """
    new = operations.REVIEWERS.new(row_values(body, reviewer))
    invited = await operations.create(ctx.uow, ctx.access, record_read(record.Centre, centre), new)
    return await REVIEWER_API.respond_with(ctx, invited.id, status=201)
