"""Templates of reports over HTTP: the routes of every record, from this description."""

from services.centres.access import ROLES
from services.centres.questions.report_templates import operations
from services.centres.questions.report_templates.queries import LISTING
from services.centres.questions.report_templates.schemas import (
    ReportTemplate,
    ReportTemplateBody,
    ReportTemplateCreate,
    present,
)
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi, Steps
from shared.web.request.error_mapping import register_constraint

register_constraint("centre_report_template_version_key", "/version", "The kind has a template of this version.")
router = record_routes(
    RecordApi(
        kind=operations.TEMPLATES,
        roles=ROLES,
        listing=LISTING,
        response_model=ReportTemplate,
        present=present,
        bodies=Bodies(ReportTemplateBody, creation=ReportTemplateCreate),
        create=operations.create,
        update=operations.update,
        steps=Steps(operations.transition),
    )
)
