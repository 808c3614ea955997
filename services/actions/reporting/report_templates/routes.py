"""Templates of progress reports over HTTP: the routes of every record, from this description."""

from services.actions.access import ROLES
from services.actions.reporting.report_templates import operations
from services.actions.reporting.report_templates.queries import LISTING
from services.actions.reporting.report_templates.schemas import (
    ProgressReportTemplate,
    ProgressReportTemplateBody,
    ProgressReportTemplateCreate,
    present,
)
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi, Steps
from shared.web.request.error_mapping import register_constraint

register_constraint("action_report_template_version_key", "/version", "The framework has a template of this version.")
router = record_routes(
    RecordApi(
        kind=operations.TEMPLATES,
        roles=ROLES,
        listing=LISTING,
        response_model=ProgressReportTemplate,
        present=present,
        bodies=Bodies(ProgressReportTemplateBody, creation=ProgressReportTemplateCreate),
        create=operations.create,
        update=operations.update,
        steps=Steps(operations.transition),
    )
)
