"""The work list over HTTP."""

from datetime import datetime
from typing import Any

import orjson
from fastapi import Response

from services.access.access import ROLES, SERVICES
from services.access.work_list import queries
from services.access.work_list.domain import light
from services.access.work_list.schemas import PARAMETERS, WorkList
from shared.database.statements import Row
from shared.kernel.clock import now, to_text
from shared.kernel.errors import invalid_parameter
from shared.kernel.resource import Resource
from shared.records.filters import instant
from shared.web.paging import page_after, page_limit, parameters_of, place_of
from shared.web.request_context import CurrentContext, RequestContext
from shared.web.responses import JSON
from shared.web.route import ResourceRouter
from shared.web.route_options import RouteOptions, query_of

router = ResourceRouter(Resource("access", "work_list", "work_item"), ROLES)


@router.get(
    "",
    options=RouteOptions(
        query=query_of("service", "kind", "due_before", "limit", "cursor"), problems=("invalid_cursor",)
    ),
    operation_id="getWorkList",
    summary="List what waits for the caller, in every service",
    responses={200: {"model": WorkList}},
    openapi_extra={"parameters": PARAMETERS},
)
async def get_work_list(ctx: CurrentContext) -> Response:
    """The records that `holder=me` finds in the lists of all services, the earliest due first."""
    asked = _asked(ctx)
    async with ctx.connection() as connection:
        rows = await queries.page(connection, ctx.principal, **asked)
    shown, following = rows[: asked["limit"]], None
    if len(rows) > len(shown):
        last = shown[-1]
        following = page_after(ctx, [last["place"], last["resource"], last["id"], last["verb"]])
    body = {"items": [_item(row) for row in shown], "total": rows[0]["total"] if rows else 0, "next": following}
    return Response(orjson.dumps(body), 200, None, JSON)


def _asked(ctx: RequestContext) -> dict[str, Any]:
    given = parameters_of(ctx.request)
    if given.get("service", "access") not in SERVICES:
        raise invalid_parameter("service", f"One of {', '.join(SERVICES)}.")
    kind = given.get("kind")
    if kind is not None and not kind.replace("_", "").isalpha():
        raise invalid_parameter("kind", "A kind of record, as in its address, such as experts.")
    return {
        "service": given.get("service"),
        "kind": kind,
        "due_before": _instant(given.get("due_before")),
        "limit": page_limit(given.get("limit")),
        "after": place_of(ctx, given.get("cursor"), queries.KEYS),
    }


def _instant(raw: str | None) -> datetime | None:
    try:
        return None if raw is None else instant(raw)
    except ValueError as error:
        raise invalid_parameter("due_before", f"due_before {error}.") from error


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
