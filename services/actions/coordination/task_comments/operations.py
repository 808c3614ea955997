"""Writing comments on tasks."""

from dataclasses import replace
from uuid import UUID

from services.actions.coordination.task_comments.domain import LIFECYCLE
from services.actions.coordination.task_comments.record import TaskComment
from services.actions.coordination.task_comments.tables import task_comment
from shared.database.unit_of_work import UnitOfWork
from shared.records.access_scope import AccessScope
from shared.records.requirements import require
from shared.records.resource_type import ResourceType

TASK_COMMENTS: ResourceType[TaskComment, None] = ResourceType.of(TaskComment, task_comment, LIFECYCLE)


async def post(uow: UnitOfWork, access: AccessScope, task: UUID, country: str, new: TaskComment) -> TaskComment:
    """Adds a comment to a task of a country, in any state. `access` is the access scope for comments. Raises Forbidden
    outside the caller's grants."""
    require(access, "create", country, task)
    placed = replace(new, task_id=task, country=country, visibility="restricted", status="posted")
    return await TASK_COMMENTS.insert(uow, placed)
