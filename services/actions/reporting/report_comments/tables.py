"""Comments on progress reports."""

from services.actions.reporting.report_comments.record import ReportComment
from shared.records.columns import table_of

comment = table_of(ReportComment, "action_report_comment")
