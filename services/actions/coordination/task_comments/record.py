"""A comment on a task."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Example, Public, Record, Refers, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskComment(Record):
    """What somebody says about a task, with its country. Nobody changes it, and it is never published."""

    resource_type = Resource("actions", "task_comments", "task_comment")
    scope_column = "task_id"
    path = "/actions/v1/tasks/{task_id}/comments/{id}"

    visibility: Annotated[str, Public]
    task_id: Annotated[UUID, Public, Refers("/actions/v1/tasks"), "The task."]
    text: Annotated[str, Public, Written, Example("The station opens in May."), "What the comment says."]
