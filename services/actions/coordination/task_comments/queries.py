"""Reading comments: for grants that cover the country of the task."""

from services.actions.coordination.task_comments.domain import LIFECYCLE
from services.actions.coordination.task_comments.record import TaskComment
from services.actions.coordination.task_comments.tables import task_comment
from shared.records.plain import by_whole, listing

LISTING = listing(TaskComment, task_comment, LIFECYCLE.states, by_whole(task_comment, task_comment.c.task_id))
