"""The audit trail over HTTP: reading only."""

from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Query, Response
from sqlalchemy import column
from sqlalchemy.sql.elements import ColumnElement

from services.access.access import ROLES
from services.access.overview.audit.queries import Wanted, page
from services.access.overview.audit.schemas import AuditPage, present
from shared.kernel.errors import Forbidden
from shared.kernel.resource import Resource
from shared.records.cursors import make_cursor, read_cursor
from shared.records.listing import LARGEST_PAGE
from shared.web.request.paging import DEFAULT_LIMIT
from shared.web.request.request_context import CurrentContext
from shared.web.request.responses import JSON
from shared.web.request.route import ResourceRouter

AUDIT = Resource("access", "audit", "audit")
router = ResourceRouter(AUDIT, ROLES)
_PLACE: list[ColumnElement[Any]] = [column("position")]
_BOUND_TO = AUDIT.path.encode()


@router.get("", responses={200: {"model": AuditPage}})
async def list_audit(
    ctx: CurrentContext,
    subject: Annotated[UUID | None, Query(description="The record that was changed.")] = None,
    actor: Annotated[UUID | None, Query(description="The account or client that changed it.")] = None,
    after: Annotated[str | None, Query(description="`next_after` of an earlier page; absent is the oldest.")] = None,
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="Entries of a page.")] = DEFAULT_LIMIT,
) -> Response:
    """Read the audit trail.

    Who changed what, when and why, in the order of the chain that proves it. For the secretariat's administrators and
    for auditors, within the countries of their grants. `after` is the `next_after` of an earlier page.
    """
    if not ctx.access.read:
        raise Forbidden("Your grants do not include this.", members={"reason": "not_permitted"})
    place = None if after is None else int(read_cursor(after, _BOUND_TO, ctx.secret, _PLACE)[0])
    wanted = Wanted(place, limit, subject, actor)
    async with ctx.connection() as connection:
        rows, following = await page(connection, ctx.access, wanted)
    content = {"items": [present(row) for row in rows], "next_after": make_cursor([following], _BOUND_TO, ctx.secret)}
    return Response(orjson.dumps(content), 200, None, JSON)
