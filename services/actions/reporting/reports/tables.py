"""Progress reports."""

from services.actions.reporting.reports.record import Report
from shared.records.columns import table_of

report = table_of(Report, "action_report")
