"""Reports as PDF over HTTP: published ones for everybody, and orders by readers."""

from typing import Annotated

from fastapi import Depends, Response

from services.actions.access import ROLES
from services.actions.exchange.open_data.domain import OPEN_DATA
from services.actions.exchange.printed_documents.domain import DocumentKey
from services.actions.exchange.printed_documents.responses import (
    DOCUMENT,
    LANGUAGE,
    PROBLEMS,
    document_response,
    language_of,
)
from services.actions.exchange.report_documents.operations import PRINT_REPORT_JOB, REPORT, order_pdf, report_kind
from services.actions.exchange.report_documents.schemas import ReportPdfBody
from services.actions.reporting.reports.routes import REPORT_API
from shared.database.statements import Row
from shared.kernel.clock import now
from shared.web.contract.route_options import RouteOptions, query_of
from shared.web.jobs.jobs import Job, queued_response
from shared.web.request.request_context import CurrentContext
from shared.web.request.route import ResourceRouter

router = ResourceRouter(OPEN_DATA, ROLES, f"{OPEN_DATA.path}/reports")
orders = ResourceRouter(REPORT_API.kind.resource, ROLES)


@router.get(
    "/{ref}.pdf",
    options=RouteOptions(is_public=True, is_item=True, query=query_of(described=LANGUAGE), problems=PROBLEMS),
    response_model=None,
    response_class=Response,
    responses=DOCUMENT,
)
async def get_report_pdf(ref: str, ctx: CurrentContext) -> Response:
    """Fetch a published progress report as PDF.

    PDF/A-3, made once for what the report says; 202 while it is being made. It has the answers to public questions and
    the public results as they were submitted.
    """
    return await document_response(ctx, report_kind(ctx.settings.issuer), DocumentKey(REPORT, ref, language_of(ctx)))


@orders.post("/{record}/pdf", status_code=202, responses={202: {"model": Job}})
async def order_report_pdf(
    body: ReportPdfBody, report: Annotated[Row, Depends(REPORT_API.readable)], ctx: CurrentContext
) -> Response:
    """Order a report as PDF.

    Left to a job, whose `result_url` is the file for a day, for the caller alone. It has what the caller may know of
    the report in its present state: all answers and figures for grants that cover it, else public ones.
    """
    job = await order_pdf(ctx.uow, ctx.access, report["country"], report["id"], body.language)
    return queued_response("actions", job, PRINT_REPORT_JOB, now())
