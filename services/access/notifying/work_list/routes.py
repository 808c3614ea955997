"""The work list over HTTP."""

from typing import Any

import orjson
from fastapi import Response

from services.access.access import ROLES, SERVICES
from services.access.notifying.work_list import queries
from services.access.notifying.work_list.schemas import PARAMETERS, WorkItemPage
from shared.database.statements import Row
from shared.kernel.clock import now, to_text
from shared.kernel.errors import invalid_parameter
from shared.kernel.resource import Resource
from shared.records.hosting import with_work
from shared.records.work_list import light
from shared.web.contract.route_options import RouteOptions, query_of
from shared.web.records.work_list import asked, page_of
from shared.web.request.request_context import CurrentContext
from shared.web.request.responses import JSON
from shared.web.request.route import ResourceRouter

router = ResourceRouter(Resource("access", "work_list", "work_item"), ROLES)


@router.get(
    "",
    options=RouteOptions(
        query=query_of("service", "kind", "due_before", "limit", "cursor"), problems=("invalid_cursor",)
    ),
    operation_id="getWorkList",
    summary="List what waits for the caller, in every service",
    responses={200: {"model": WorkItemPage}},
    openapi_extra={"parameters": PARAMETERS},
)
async def get_work_list(ctx: CurrentContext) -> Response:
    """The records that `holder=me` finds in the lists of all services, the earliest due first."""
    given = ctx.request.query_params
    if given.get("service", "access") not in SERVICES:
        raise invalid_parameter("service", f"One of {', '.join(SERVICES)}.")
    chosen = asked(ctx)
    async with ctx.connection() as connection:
        principal = await with_work(connection, ctx.principal)
        rows = await queries.page(connection, principal, service=given.get("service"), **chosen)
    shown, following = page_of(ctx, rows, chosen["limit"])
    body = {"items": [_item(row) for row in shown], "total": rows[0]["total"] if rows else 0, "next": following}
    return Response(orjson.dumps(body), 200, None, JSON)


def _item(row: Row) -> dict[str, Any]:
    service, _, plural = row["resource"].partition(".")
    due = row["due"]
    return {
        "service": service,
        "resource": plural,
        "id": str(row["id"]),
        "ref": row["ref"],
        "country": row["country"],
        "link": f"/{service}/v1/{plural}/{row['id']}",
        "verb": row["verb"],
        "due": None if due is None else to_text(due),
        "light": light(due, now()),
    }
