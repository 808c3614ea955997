"""Progress reports over HTTP: the routes of every record, and which reports are expected."""

from typing import Any

from fastapi import Response

from services.actions.access import ROLES
from services.actions.reporting.delegations.queries import assignments
from services.actions.reporting.report_comments.queries import open_comments
from services.actions.reporting.report_sections.queries import of_report
from services.actions.reporting.reports import operations
from services.actions.reporting.reports.creating import create
from services.actions.reporting.reports.expected import FILTERS, LARGEST, expected
from services.actions.reporting.reports.queries import LISTING
from services.actions.reporting.reports.schemas import (
    ExpectedReportPage,
    Report,
    ReportBody,
    ReportCreate,
    columns,
    present,
    present_sections,
)
from shared.database.statements import Row
from shared.kernel.clock import today
from shared.kernel.errors import invalid_parameter
from shared.records.access_scope import AccessScope
from shared.records.filters import chosen
from shared.web.contract.route_options import RouteOptions, query_of
from shared.web.contract.schemas import PublishFields
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, Items, RecordApi, Steps
from shared.web.request.error_mapping import register_constraint
from shared.web.request.paging import parameters_of
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.responses import document_response
from shared.web.request.route import ResourceRouter

register_constraint("action_report_open_key", "/period_id", "The programme has an open report about the period.")
register_constraint("action_report_current_key", "/period_id", "The programme has a report about the period.")


async def _contents(ctx: RequestContext, access: AccessScope, row: Row) -> dict[str, Any]:
    """The sections and, for grants that cover the report, its unresolved comments."""
    is_whole = access.sees_all_fields(row["country"], row["id"])
    async with ctx.connection() as connection:
        sections = await of_report(connection, row["id"])
        assigned = await assignments(connection, row["id"]) if is_whole else []
        comments = await open_comments(connection, row["id"]) if is_whole else None
    shown = {"sections": present_sections(sections, assigned, is_whole=is_whole)}
    return shown if comments is None else {**shown, "open_comments": comments.number}


REPORT_API = RecordApi(
    kind=operations.REPORTS,
    roles=ROLES,
    listing=LISTING,
    response_model=Report,
    present=present,
    bodies=Bodies(ReportBody, creation=ReportCreate, columns=columns),
    create=create,
    update=operations.update,
    steps=Steps(
        operations.transition,
        guards=operations.load_guard_context,
        may=operations.may_take,
        fields=PublishFields,
    ),
    items=Items(members=_contents),
)
due = ResourceRouter(operations.REPORTS.resource, ROLES)
router = record_routes(REPORT_API)


@due.get(
    "/expected",
    options=RouteOptions(is_item=True, query=query_of(filters=FILTERS.values())),
    responses={200: {"model": ExpectedReportPage}},
)
async def list_expected_reports(ctx: CurrentContext) -> Response:
    """List which programmes owe a report, and who is late.

    For each launched programme that the caller's grants cover, each period of its framework that has opened; at most
    5,000.
    """
    day = today()
    wanted = chosen(FILTERS, parameters_of(ctx.request))
    async with ctx.connection() as connection:
        rows = await expected(connection, ctx.access, wanted, day)
    if len(rows) > LARGEST:
        raise invalid_parameter("country", f"That would be more than {LARGEST:,} reports. Ask for fewer.")
    return document_response(ctx, {"items": rows, "as_of": day})
