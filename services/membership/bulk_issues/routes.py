"""Issuing many certificates over HTTP: the request is checked, and a job is created."""

from typing import Any

from fastapi import Response

from services.membership.access import ROLES
from services.membership.bulk_issues.operations import ISSUE_JOB, order
from services.membership.bulk_issues.queries import SOURCES
from services.membership.bulk_issues.schemas import BulkIssueBody
from services.membership.certificates.operations import CERTIFICATES
from shared.kernel.clock import now
from shared.kernel.errors import FieldError, Forbidden, Invalid, pointer_to
from shared.web.jobs import Job, queued_response
from shared.web.request_context import CurrentContext
from shared.web.route import ResourceRouter

router = ResourceRouter(CERTIFICATES.resource, ROLES)


@router.post(
    "/bulk_issue",
    operation_id="bulkIssueCertificates",
    summary="Issue many certificates of one kind",
    description="A job issues each certificate once, whatever interrupts it. Its `result` counts how many were"
    " `issued`, `unchanged`, because there is one in force, and `failed`; `failures_url` lists the latter for a day.",
    status_code=202,
    responses={202: {"model": Job}},
)
async def bulk_issue(body: BulkIssueBody, ctx: CurrentContext) -> Response:
    if not ctx.principal.permission_scope(ROLES, CERTIFICATES.resource.name, "create"):
        raise Forbidden("Your grants do not include this.", members={"reason": "not_permitted"})
    given = body.filters or {}
    filters = {name: ",".join(value) if isinstance(value, list) else value for name, value in given.items()}
    _check(body.kind, filters)
    asked: dict[str, Any] = {**body.model_dump(mode="json"), "filters": filters}
    job = await order(ctx.uow, asked)
    return queued_response("membership", job, ISSUE_JOB, now())


def _check(kind: str, filters: dict[str, str]) -> None:
    """Raises Invalid for a filter that subjects of the kind do not have, or that cannot be read."""
    known = {name: one for name, one in SOURCES[kind].filters.items() if one.of_caller is None}
    for name, raw in filters.items():
        pointer = pointer_to("filters", name[:100])
        if name not in known:
            detail = f"One of {', '.join(known)}."
            raise Invalid(detail, errors=[FieldError("not_one_of", detail, pointer=pointer)])
        try:
            known[name].parse(raw)
        except ValueError as error:
            raise Invalid(
                errors=[FieldError("invalid_value", "Not a value of this filter.", pointer=pointer)]
            ) from error
