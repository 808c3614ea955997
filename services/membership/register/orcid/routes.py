"""Linking one's own ORCID iD over HTTP."""

from typing import Annotated, cast
from uuid import UUID

import orjson
from fastapi import Depends, Response

from services.membership.access import ROLES
from services.membership.register.experts.routes import EXPERT_API
from services.membership.register.experts.schemas import Expert
from services.membership.register.orcid import operations
from services.membership.register.orcid.client import Orcid
from services.membership.register.orcid.guards import own_expert
from services.membership.register.orcid.operations import IMPORT_JOB
from services.membership.register.orcid.schemas import OrcidLinkBody, OrcidSignIn
from services.membership.settings import MembershipSettings
from shared.database.statements import Row
from shared.kernel.clock import now
from shared.kernel.errors import Conflict, invalid_field
from shared.ratelimit.limiter import Limit
from shared.web.contract.route_options import RouteOptions
from shared.web.jobs.jobs import Job, queued_response
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.responses import JSON
from shared.web.request.route import ResourceRouter

router = ResourceRouter(EXPERT_API.kind.resource, ROLES)
_Own = Annotated[Row, Depends(own_expert)]
_REQUESTS = Limit("orcid", 60, 3600)
"""Sign-ins and imports of one account, each of which sends requests to ORCID."""
_PROBLEMS = ("orcid_not_configured",)


def _orcid(ctx: RequestContext) -> Orcid:
    return Orcid(cast(MembershipSettings, ctx.settings))


async def _limit(ctx: RequestContext) -> UUID:
    """The caller's account. Raises RateLimited."""
    account = cast(UUID, ctx.principal.account_id)
    await ctx.request.app.state.rate_limiter.require(_REQUESTS, str(account))
    return account


@router.post(
    "/{record}/orcid_link",
    options=RouteOptions(is_keyed=False, problems=_PROBLEMS),
    responses={200: {"model": OrcidSignIn}},
)
async def begin_expert_orcid_link(expert: _Own, ctx: CurrentContext) -> Response:
    """Begin to link one's own ORCID iD.

    Returns the page where the person signs in to ORCID, within ten minutes. Another request ends it.
    """
    orcid = _orcid(ctx)
    state = await operations.begin(ctx.uow, expert["id"], await _limit(ctx))
    return Response(
        orjson.dumps({"authorize_url": orcid.authorize_url(state)}), 200, {"Cache-Control": "no-store"}, JSON
    )


@router.post(
    "/{record}/orcid_link/complete",
    options=RouteOptions(
        is_keyed=False,
        opens_late=True,
        problems=(*_PROBLEMS, "state_not_valid", "orcid_taken", "upstream_unavailable"),
    ),
    responses={200: {"model": Expert}},
)
async def complete_expert_orcid_link(body: OrcidLinkBody, expert: _Own, ctx: CurrentContext) -> Response:
    """Link the ORCID iD of the person who signed in.

    The record has the iD, and `orcid_authenticated` is true until the iD changes. If another record has it, the office
    decides about both.
    """
    orcid, account, key = _orcid(ctx), await _limit(ctx), expert["id"]
    async with ctx.connection() as connection:
        await operations.require_state(connection, key, account, body.state)
    found = await orcid.authenticated(body.code)
    if found is None:
        raise invalid_field("/code", "invalid_value", "ORCID does not accept this code. Begin again.")
    async with ctx.writing() as uow:
        is_linked = await operations.link(uow, key, account, body.state, found)
        response = await EXPERT_API.respond_with(ctx, key)
    if not is_linked:
        raise Conflict("Another record has this iD. The secretariat is notified.", code="orcid_taken")
    return response


@router.post(
    "/{record}/orcid_import",
    options=RouteOptions(problems=(*_PROBLEMS, "orcid_not_linked")),
    status_code=202,
    responses={202: {"model": Job}},
)
async def import_expert_orcid(expert: _Own, ctx: CurrentContext) -> Response:
    """Import the affiliations of one's own ORCID record.

    A job reads the public employments and educations. Its `result` counts how many were `created`, `updated`,
    `unchanged`, `ended`, because they are no longer there, and `failed`.
    """
    _orcid(ctx)
    await _limit(ctx)
    job = operations.order_import(ctx.uow, expert["id"], is_linked=expert["orcid_authenticated"])
    return queued_response("membership", job, IMPORT_JOB, now())
