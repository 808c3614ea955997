"""Templates of progress reports."""

from services.actions.reporting.report_templates.record import ReportTemplate
from shared.records.columns import table_of

report_template = table_of(ReportTemplate, "action_report_template")
