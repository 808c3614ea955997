"""Statistics over HTTP: exact at once, for everybody over what they may see."""

from typing import Any
from weakref import WeakKeyDictionary

import orjson
from fastapi import Request, Response

from services.membership.access import ROLES
from services.membership.experts.operations import EXPERTS
from services.membership.statistics import queries
from services.membership.statistics.domain import DIMENSIONS, LARGEST, by_region
from services.membership.statistics.kept import KeptAnswers
from services.membership.statistics.schemas import Statistics, definition
from shared.database.pool import Database
from shared.database.statements import Connection
from shared.kernel.clock import today
from shared.kernel.errors import Malformed, invalid_parameter
from shared.kernel.resource import Resource
from shared.records.counts import State, counts_state
from shared.records.sight import Sight
from shared.web.answers import JSON
from shared.web.call import CurrentCall, public, takes_query
from shared.web.paging import as_of
from shared.web.route import ResourceRouter

_KEPT: WeakKeyDictionary[Database, KeptAnswers] = WeakKeyDictionary()
router = ResourceRouter(Resource("membership", "statistics", "statistic"), ROLES)


@router.get(
    "",
    operation_id="getMembershipStatistics",
    summary="Count experts by country, region, status, category or field",
    responses={200: {"model": Statistics}},
)
@public
@takes_query("by", *queries.FILTERS, "as_of")
async def get_statistics(call: CurrentCall) -> Response:
    """`by` names what to count by, in order, by commas (`country,status` where absent). `as_of` is a day: the counts as
    they stood at its end. An answer of more than 20,000 numbers is refused; filters make it smaller."""
    sight = call.sight_on(EXPERTS.resource)
    kept = _KEPT.setdefault(call.database, KeptAnswers())
    seen = (sight.variant, sight.context.visibilities, sight.context.countries, sight.read.countries)
    key = (call.request.scope["query_string"], *seen, today())

    async def look() -> State:
        async with call.database.acquire() as connection:
            return await counts_state(connection, sight.context, "expert")

    state = await kept.state(seen, look)
    body = kept.get(key, state)
    if body is None:
        async with call.connection() as connection:
            body = await _counted(call.request, connection, sight)
        kept.keep(key, state, body)
    return Response(body, media_type=JSON)


async def _counted(request: Request, connection: Connection, sight: Sight) -> bytes:
    by, chosen = _parse(request)
    until = as_of(request)
    rows = await queries.counts(connection, sight, by, chosen, until)
    if len(rows) > LARGEST:
        raise invalid_parameter("by", f"That would be more than {LARGEST:,} numbers: filter, or ask by less.")
    counts_twice = "field" in by and "field" not in chosen
    total = await queries.total(connection, sight, chosen, until) if counts_twice else None
    answer = {
        "items": _items(by, rows),
        "as_of": until or today(),
        "definition": definition(sight.variant, by),
        "total": sum(row["count"] for row in rows) if total is None else total,
    }
    return orjson.dumps(answer)


def _parse(request: Request) -> tuple[tuple[str, ...], dict[str, Any]]:
    given = request.query_params
    if len(given) != len(given.multi_items()):
        raise Malformed("A parameter is given twice.", code="invalid_parameter")
    by = tuple(given.get("by", "country,status").split(","))
    if not set(by) <= set(DIMENSIONS) or len(set(by)) < len(by):
        raise invalid_parameter("by", f"Names of {', '.join(DIMENSIONS)}, each once, separated by commas.")
    chosen: dict[str, Any] = {}
    for name, each in queries.FILTERS.items():
        if (raw := given.get(name)) is not None:
            try:
                chosen[name] = each.parse(raw)
            except ValueError as error:
                raise invalid_parameter(name, f"{name} {error}") from error
    return by, chosen


def _items(by: tuple[str, ...], rows: list[Any]) -> list[dict[str, Any]]:
    items = by_region(by, rows) if "region" in by else [dict(row) for row in rows]
    if "field" in by:
        for item in items:
            item["field"] = item["field"] or None
    return items
