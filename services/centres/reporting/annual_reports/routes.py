"""Reports of centres over HTTP: the routes of every record, from this description."""

from services.centres.access import ROLES
from services.centres.reporting.annual_reports import operations, record
from services.centres.reporting.annual_reports.domain import ReportGuardContext
from services.centres.reporting.annual_reports.queries import LISTING
from services.centres.reporting.annual_reports.schemas import (
    AnnualReport,
    AnnualReportBody,
    AnnualReportCreate,
    AnnualReportFields,
    present,
)
from shared.kernel.lifecycle import AvailableAction
from shared.web.records.hosting import with_hosted_centres
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi, Steps
from shared.web.request.error_mapping import register_constraint
from shared.web.request.request_context import RequestContext

register_constraint("centre_annual_report_year_key", "/year", "The centre has a report about this year.")


class AnnualReportApi(RecordApi[record.AnnualReport, ReportGuardContext]):
    """Reports are accepted by somebody else than whoever submitted them."""

    async def available_actions(self, record: record.AnnualReport, ctx: RequestContext) -> list[AvailableAction]:
        guard_context = await operations.load_guard_context(ctx.connection, ctx.principal, record, {})
        may = operations.may_take(ctx.access_on(self.kind.resource), record)
        return self.kind.lifecycle.available_actions(record.status, guard_context, may)


router = record_routes(
    AnnualReportApi(
        kind=operations.REPORTS,
        roles=ROLES,
        listing=LISTING,
        response_model=AnnualReport,
        present=present,
        bodies=Bodies(AnnualReportBody, creation=AnnualReportCreate),
        create=operations.create,
        update=operations.update,
        steps=Steps(operations.transition, guards=operations.load_guard_context, fields=AnnualReportFields),
        is_public=True,
        dependency=with_hosted_centres,
    )
)
