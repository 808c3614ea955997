"""Templates of reports."""

from services.centres.questions.report_templates.record import ReportTemplate
from shared.records.columns import table_of

report_template = table_of(ReportTemplate, "centre_report_template")
