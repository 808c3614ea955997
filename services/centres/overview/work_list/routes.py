"""The work list of centres over HTTP."""

from datetime import datetime
from typing import Any

import orjson
from fastapi import Response

from services.centres.access import ROLES
from services.centres.overview.work_list import queries
from services.centres.overview.work_list.schemas import CentreWorkList
from services.centres.reporting.annual_reports.domain import light_on
from shared.database.statements import Row
from shared.kernel.clock import now, to_text, today
from shared.kernel.resource import Resource
from shared.records.documents import with_available_files
from shared.records.hosting import with_work
from shared.records.work_list import light
from shared.web.contract.route_options import RouteOptions, query_of
from shared.web.records.work_list import PARAMETERS, asked, page_of
from shared.web.request.request_context import CurrentContext
from shared.web.request.responses import JSON
from shared.web.request.route import ResourceRouter

router = ResourceRouter(Resource("centres", "work_list", "work_item"), ROLES)
_REPORTS = "annual_reports"


@router.get(
    "",
    options=RouteOptions(query=query_of("kind", "due_before", "limit", "cursor"), problems=("invalid_cursor",)),
    operation_id="getCentreWorkList",
    summary="List the steps that the caller may take now for centres and committees",
    responses={200: {"model": CentreWorkList}},
    openapi_extra={"parameters": PARAMETERS},
)
async def get_work_list(ctx: CurrentContext) -> Response:
    """The steps that wait for the caller and that nothing stands in the way of, the earliest due first. Lists with
    `holder=me` also have the records for which something is missing still. A page has fewer items than its `limit` if
    files of evidence are not available."""
    chosen = asked(ctx)
    async with ctx.connection() as connection:
        rows = await queries.page(connection, await with_work(connection, ctx.principal), **chosen)
        shown, following = page_of(ctx, rows, chosen["limit"])
        shown = await with_available_files(connection, shown, "documents")
    return Response(orjson.dumps({"items": [_item(row) for row in shown], "next": following}), 200, None, JSON)


def _item(row: Row) -> dict[str, Any]:
    plural, due = row["resource"].partition(".")[2], row["due"]
    return {
        "kind": plural,
        "id": str(row["id"]),
        "ref": row["ref"],
        "country": row["country"],
        "link": f"/centres/v1/{plural}/{row['id']}",
        "titles": row["titles"],
        "action": row["verb"],
        "due": None if due is None else to_text(due),
        "light": _light(plural, due),
    }


def _light(plural: str, due: datetime | None) -> str | None:
    return light_on(today(), due.date()) if plural == _REPORTS and due is not None else light(due, now())
