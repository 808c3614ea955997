"""Reports of centres over HTTP: the routes of every record, from this description."""

from services.centres.access import ROLES
from services.centres.reporting.annual_reports import operations
from services.centres.reporting.annual_reports.queries import LISTING
from services.centres.reporting.annual_reports.schemas import (
    AnnualReport,
    AnnualReportBody,
    AnnualReportCreate,
    AnnualReportFields,
    present,
)
from shared.web.records.hosting import with_hosted_centres
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi, Steps
from shared.web.request.error_mapping import register_constraint

register_constraint("centre_annual_report_year_key", "/year", "The centre has a report about this year.")


router = record_routes(
    RecordApi(
        kind=operations.REPORTS,
        roles=ROLES,
        listing=LISTING,
        response_model=AnnualReport,
        present=present,
        bodies=Bodies(AnnualReportBody, creation=AnnualReportCreate),
        create=operations.create,
        update=operations.update,
        steps=Steps(
            operations.transition,
            guards=operations.load_guard_context,
            may=operations.may_take,
            fields=AnnualReportFields,
        ),
        is_public=True,
        dependency=with_hosted_centres,
    )
)
