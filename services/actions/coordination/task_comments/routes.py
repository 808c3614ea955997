"""Comments on tasks over HTTP."""

from typing import Annotated

from fastapi import Depends, Response

from services.actions.access import ROLES
from services.actions.coordination.task_comments import operations
from services.actions.coordination.task_comments.queries import LISTING
from services.actions.coordination.task_comments.schemas import TaskComment, TaskCommentCreate, present
from services.actions.coordination.task_comments.tables import task_comment
from services.actions.coordination.tasks.routes import API
from shared.database.statements import Row
from shared.kernel.errors import NotFound
from shared.records.rows import columns_of
from shared.web.contract.route_options import RouteOptions, query_of, query_of_list
from shared.web.contract.schemas import page_of
from shared.web.contract.values import row_values
from shared.web.request.paging import list_response, members_of, pick_fields
from shared.web.request.request_context import CurrentContext
from shared.web.request.responses import item_response, key_of
from shared.web.request.route import ResourceRouter

_TASK = "task_id"
_KNOWN = members_of(TaskComment)
_TaskRow = Annotated[Row, Depends(API.readable)]
router = ResourceRouter(operations.TASK_COMMENTS.resource, ROLES, API.kind.resource.path)


@router.get(
    "/{record}/comments",
    options=RouteOptions(query=query_of_list(LISTING, without=_TASK)),
    responses={200: {"model": page_of(TaskComment)}},
)
async def list_task_comments(task: _TaskRow, ctx: CurrentContext) -> Response:
    """List the comments on a task.

    In pages, the first comment first; with `format` all of them as a stream.
    """
    return await list_response(ctx, LISTING, present, _KNOWN, fixed={_TASK: task["id"]}, verbs=("create",))


@router.get(
    "/{record}/comments/{comment}",
    options=RouteOptions(is_item=True, query=query_of("fields")),
    responses={200: {"model": TaskComment}},
)
async def get_task_comment(comment: str, task: _TaskRow, ctx: CurrentContext) -> Response:
    """Read a comment on a task.

    One comment, which nobody changes.
    """
    async with ctx.connection() as connection:
        row = await LISTING.get(connection, ctx.access, key_of(comment))
    if row is None or row[_TASK] != task["id"]:
        raise NotFound("There is no such comment.")
    return item_response(ctx, present(row, ctx.access), fields=pick_fields(ctx.request, _KNOWN))


@router.post("/{record}/comments", status_code=201, responses={201: {"model": TaskComment}})
async def create_task_comment(body: TaskCommentCreate, task: _TaskRow, ctx: CurrentContext) -> Response:
    """Comment on a task.

    In any state of the task. Its owner is notified.
    """
    new = operations.TASK_COMMENTS.new(row_values(body, task_comment))
    made = await operations.post(ctx.uow, ctx.access, task["id"], task["country"], new)
    return item_response(ctx, present(columns_of(made), ctx.access), status=201)
