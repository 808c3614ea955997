"""Sections of progress reports."""

from services.actions.reporting.report_sections.record import ReportSection
from shared.records.columns import table_of

section = table_of(ReportSection, "action_report_section")
