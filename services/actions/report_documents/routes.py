"""Published reports as PDF over HTTP."""

from fastapi import Response

from services.actions.access import ROLES
from services.actions.open_data.domain import OPEN_DATA
from services.actions.printed_documents.domain import DocumentKey
from services.actions.printed_documents.responses import DOCUMENT, LANGUAGE, PROBLEMS, document_response, language_of
from services.actions.report_documents.operations import REPORT, report_kind
from shared.web.request_context import CurrentContext
from shared.web.route import ResourceRouter
from shared.web.route_options import RouteOptions, query_of

router = ResourceRouter(OPEN_DATA, ROLES, f"{OPEN_DATA.path}/reports")


@router.get(
    "/{ref}.pdf",
    options=RouteOptions(is_public=True, is_item=True, query=query_of(described=LANGUAGE), problems=PROBLEMS),
    operation_id="getReportPdf",
    summary="Fetch a published progress report as PDF",
    description="PDF/A-3, made once for what the report says; 202 while it is being made. It has the answers to public"
    " questions and the public results as they were submitted.",
    response_model=None,
    response_class=Response,
    responses=DOCUMENT,
)
async def get_report_pdf(ref: str, ctx: CurrentContext) -> Response:
    return await document_response(ctx, report_kind(ctx.settings.issuer), DocumentKey(REPORT, ref, language_of(ctx)))
