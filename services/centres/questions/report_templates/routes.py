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
from shared.web.records.records import RecordApi
from shared.web.request.error_mapping import register_constraint

register_constraint("centre_report_template_version_key", "/version", "The kind has a template of this version.")
router = RecordApi(
    kind=operations.TEMPLATES,
    roles=ROLES,
    listing=LISTING,
    response_model=ReportTemplate,
    create_body=ReportTemplateCreate,
    body=ReportTemplateBody,
    present=present,
    create=operations.create,
    update=operations.update,
    transition=operations.transition,
).routes()
