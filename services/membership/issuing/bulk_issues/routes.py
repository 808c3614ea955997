"""Issuing many certificates over HTTP: the request is checked, and a job is created."""

from fastapi import Response

from services.membership.access import ROLES
from services.membership.certificates.certificates.operations import CERTIFICATES
from services.membership.issuing.bulk_issues.operations import ISSUE_JOB, Order, enqueue
from services.membership.issuing.bulk_issues.queries import SOURCES
from services.membership.issuing.bulk_issues.schemas import BulkIssueBody
from shared.kernel.clock import now
from shared.kernel.errors import Forbidden
from shared.records.filters import parsed_filters
from shared.web.jobs.jobs import Job, queued_response
from shared.web.request.request_context import CurrentContext
from shared.web.request.route import ResourceRouter

router = ResourceRouter(CERTIFICATES.resource, ROLES)


@router.post("/bulk_issue", status_code=202, responses={202: {"model": Job}})
async def bulk_issue_certificates(body: BulkIssueBody, ctx: CurrentContext) -> Response:
    """Issue many certificates of one kind.

    A job issues each certificate once, whatever interrupts it. Its `result` counts how many were `issued`, `unchanged`,
    because there is one in force, and `failed`; `failures_url` lists the latter for a day.
    """
    if not ctx.principal.permission_scope(ROLES, CERTIFICATES.resource.name, "create"):
        raise Forbidden("Your grants do not include this.", members={"reason": "not_permitted"})
    given = body.filters or {}
    filters = {name: ",".join(value) if isinstance(value, list) else value for name, value in given.items()}
    known = {name: one for name, one in SOURCES[body.kind].filters.items() if one.of_caller is None}
    parsed_filters(filters, known, "filters")
    items = None if body.items is None else [str(item) for item in body.items]
    job = await enqueue(ctx.uow, Order(body.kind, filters, items, body.year, body.language))
    return queued_response("membership", job, ISSUE_JOB, now())
