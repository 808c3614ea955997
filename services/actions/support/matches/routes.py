"""The experts who match a request, over HTTP."""

from typing import Annotated, Any

import orjson
from fastapi import Depends, Request, Response

from services.actions.access import ROLES
from services.actions.support.matches import queries
from services.actions.support.matches.domain import MOST, RULE, USUAL, criteria_of
from services.actions.support.matches.schemas import ExpertMatchPage, shown
from services.actions.support.offers.operations import OFFERS
from services.actions.support.offers.queries import busy_experts
from services.actions.support.support_requests.record import SupportRequest
from shared.database.statements import Row
from shared.kernel.errors import invalid_parameter
from shared.records.references import EXPERTS, reading_access
from shared.records.requirements import require
from shared.records.rows import record_read
from shared.web.contract.route_options import RouteOptions, query_of
from shared.web.records.records import RecordApi
from shared.web.request.request_context import CurrentContext
from shared.web.request.responses import JSON
from shared.web.request.route import ResourceRouter

_LIMIT = f"How many experts, 1 to {MOST}; by default {USUAL}."


def _limit(request: Request) -> int:
    raw = request.query_params.get("limit", str(USUAL))
    if not (raw.isascii() and raw.isdigit() and len(raw) < 3 and 1 <= int(raw) <= MOST):
        raise invalid_parameter("limit", f"A whole number from 1 to {MOST}.")
    return int(raw)


def routes(api: RecordApi[Any, Any]) -> ResourceRouter:
    """The route below a request; `api` is that of requests."""
    router = ResourceRouter(api.kind.resource, ROLES)

    @router.get(
        "/{record}/matches",
        options=RouteOptions(query=query_of(described={"limit": _LIMIT})),
        responses={200: {"model": ExpertMatchPage}},
    )
    async def list_support_request_matches(row: Annotated[Row, Depends(api.readable)], ctx: CurrentContext) -> Response:
        """Find experts who match a request.

        Active experts who are available for support and have less than three open offers, the best first. For those who
        make offers.
        """
        require(ctx.access_on(OFFERS.resource), "create", row["country"])
        limit, criteria = _limit(ctx.request), criteria_of(record_read(SupportRequest, row))
        access = reading_access(ctx.principal, EXPERTS)
        async with ctx.connection() as connection:
            found = await queries.best(connection, access, criteria, await busy_experts(connection), limit)
            ids = [one.id for one in found]
            experts = await queries.named(connection, access, ids)
            matched = await queries.matched(connection, access, criteria, ids)
            ratings = await queries.ratings(connection, ids)
        items = [
            shown(one, experts[one.id], criteria, matched[one.id], ratings.get(one.id))
            for one in found
            if one.id in experts
        ]
        return Response(orjson.dumps({"items": items, "rule": RULE}), media_type=JSON)

    return router
