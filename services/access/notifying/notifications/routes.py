"""The caller's notifications over HTTP."""

from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Query, Response
from sqlalchemy.sql.elements import ColumnElement

from services.access.access import ROLES
from services.access.notifying.notifications import operations, queries
from services.access.notifying.notifications.schemas import Notification, NotificationPage, present
from services.access.notifying.notifications.tables import notification
from shared.kernel.errors import NotFound
from shared.kernel.resource import Resource
from shared.records.listing import LARGEST_PAGE
from shared.web.contract.route_options import RouteOptions
from shared.web.request.paging import DEFAULT_LIMIT, page_after, place_of
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.responses import JSON, key_of
from shared.web.request.route import ResourceRouter

NOTIFICATIONS = Resource("access", "notifications", "notification")
router = ResourceRouter(NOTIFICATIONS, ROLES)
_PLACE: list[ColumnElement[Any]] = [notification.c.id]


def _account(ctx: RequestContext) -> UUID:
    """The caller's account. Raises NotFound for a client or key, which has no notifications."""
    if ctx.principal.account_id is None:
        raise NotFound("Only a person has notifications.")
    return ctx.principal.account_id


@router.get("", responses={200: {"model": NotificationPage}})
async def list_notifications(
    ctx: CurrentContext,
    unread: Annotated[bool, Query(description="Only those that the caller has not read.")] = False,
    cursor: Annotated[str | None, Query(description="The position of `next` of an earlier page.")] = None,
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="Notifications of a page.")] = DEFAULT_LIMIT,
) -> Response:
    """List one's notifications.

    What happened to the caller's records, the newest first, for a year. 404 for clients and keys.
    """
    account, place = _account(ctx), place_of(ctx, cursor, _PLACE)
    after = None if place is None else place[0]
    async with ctx.connection() as connection:
        rows = await queries.page(connection, account, unread=unread, after=after, limit=limit + 1)
        count = await queries.unread(connection, account)
    following = None
    if len(rows) > limit:
        rows = rows[:limit]
        following = page_after(ctx, [rows[-1]["id"]])
    content = {"items": [present(row) for row in rows], "unread": count, "next": following}
    return Response(orjson.dumps(content), 200, None, JSON)


@router.post("/{notification}/read", options=RouteOptions(is_keyed=False), responses={200: {"model": Notification}})
async def read_notification(notification: str, ctx: CurrentContext) -> Response:
    """Mark a notification as read.

    A second call changes nothing.
    """
    account, key = _account(ctx), key_of(notification)
    row = await operations.mark_read(ctx.uow, account, key) if isinstance(key, UUID) else None
    if row is None:
        raise NotFound("There is no such notification.")
    return Response(orjson.dumps(present(row)), 200, None, JSON)


@router.post("/read_all", options=RouteOptions(is_keyed=False), status_code=204, response_model=None)
async def read_all_notifications(ctx: CurrentContext) -> Response:
    """Mark all one's notifications as read.

    Those of all pages. A second call changes nothing.
    """
    await operations.mark_all_read(ctx.uow, _account(ctx))
    return Response(status_code=204)
