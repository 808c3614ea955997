"""A comment on a task."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from services.actions.coordination.tasks.record import Task
from shared.kernel.resource import Resource
from shared.records.record import Example, Public, Record, Refers, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskComment(Record):
    """What somebody says about a task, with its country. Nobody changes it, and it is never published."""

    resource_type = Resource("actions", "task_comments", "task_comment")
    scope_column = "task_id"

    visibility: Annotated[str, Public]
    task_id: Annotated[UUID, Public, Refers("/actions/v1/tasks"), "The task."]
    text: Annotated[str, Public, Written, Example("The station opens in May."), "What the comment says."]

    @classmethod
    def address_of(cls, _resource: Resource, columns: Mapping[str, Any]) -> str:
        """The path of a comment, which begins with that of its task."""
        return f"{Task.resource_type.link(columns['task_id'])}/comments/{columns['id']}"
