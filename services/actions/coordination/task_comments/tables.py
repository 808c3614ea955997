"""Comments on tasks."""

from services.actions.coordination.task_comments.record import TaskComment
from shared.records.columns import table_of

task_comment = table_of(TaskComment, "action_task_comment")
