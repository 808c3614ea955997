"""Comments on contributions."""

from services.actions.global_report.comments.record import Comment
from shared.records.columns import table_of

comment = table_of(Comment, "action_comment")
