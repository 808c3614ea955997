"""What goes over HTTP for comments on tasks."""

from typing import Annotated

from pydantic import Field, StringConstraints

from services.actions.coordination.task_comments import record
from services.actions.coordination.task_comments.domain import LIFECYCLE
from services.actions.coordination.task_comments.tables import task_comment
from shared.records.plain import presenter
from shared.web.contract.fields import Body, Clean
from shared.web.contract.schemas import RecordResponse

_EXAMPLE = Field(examples=["The station opens in May."])


class TaskCommentCreate(Body, of=record.TaskComment):
    """The body of a comment."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=5_000), Clean, _EXAMPLE]


class TaskComment(RecordResponse, of=record.TaskComment, lifecycle=LIFECYCLE):
    """A comment as a caller sees it."""


present = presenter(record.TaskComment, task_comment)
