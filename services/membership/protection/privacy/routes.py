"""Requests of persons about their own data, over HTTP."""

from typing import Annotated

from fastapi import Depends, Response

from services.membership.access import ROLES
from services.membership.protection.privacy.operations import SUBJECT_EXPORT, order
from services.membership.register.experts.routes import EXPERT_API
from shared.database.statements import Row
from shared.kernel.clock import now
from shared.kernel.step_up import TWO_FACTORS
from shared.web.contract.route_options import RouteOptions
from shared.web.jobs.jobs import Job, queued_response
from shared.web.request.request_context import CurrentContext
from shared.web.request.route import ResourceRouter

router = ResourceRouter(EXPERT_API.kind.resource, ROLES)


@router.post(
    "/{record}/subject_export",
    options=RouteOptions(step_up=TWO_FACTORS),
    status_code=202,
    responses={202: {"model": Job}},
)
async def export_expert_subject(expert: Annotated[Row, Depends(EXPERT_API.readable)], ctx: CurrentContext) -> Response:
    """Export everything that is stored about an expert.

    Left to a job, whose `result_url` is the file: what the law grants the person.
    """
    return queued_response("membership", await order(ctx.uow, ctx.access, expert), SUBJECT_EXPORT, now())
