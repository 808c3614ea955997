"""Statistics over HTTP: counts, sums of budgets, and the headlines of the plan."""

from datetime import date
from typing import Any

from fastapi import Response

from services.actions.access import ROLES
from services.actions.actions.operations import ACTIONS
from services.actions.actions.queries import LISTING
from services.actions.statistics.domain import HEADLINES, Headline
from services.actions.statistics.queries import BUDGET_FILTERS, BUDGET_KEYS, COUNTED, OF_MEMBERSHIP, budgets
from services.actions.statistics.schemas import BUDGETS, ActionStatistics, BudgetSums, Headlines, definition
from shared.database.statements import Connection, Row
from shared.kernel.clock import today
from shared.kernel.errors import invalid_parameter
from shared.kernel.resource import Resource
from shared.records.access_scope import AccessKind
from shared.records.counted import counts
from shared.records.references import reading_access
from shared.records.statistics import LARGEST
from shared.web.paging import as_of, parameters_of
from shared.web.request_context import CurrentContext, RequestContext
from shared.web.responses import document_response
from shared.web.route import ResourceRouter
from shared.web.route_options import RouteOptions, query_of
from shared.web.statistics import StatisticsApi, access_on, is_listed, too_many

router = ResourceRouter(Resource("actions", "statistics", "statistic"), ROLES)
_API = StatisticsApi(COUNTED, definition)
_OF = f"What is counted: {', '.join(f'`{of}`' for of in COUNTED)}; default: `programmes`."
_BY = "What to count by, in order, separated by commas; default: `country,status`, or `country` for countries."
_SUMMED_BY = f"What to sum by, in order, separated by commas: {', '.join(BUDGET_KEYS)}; default: `pillar,country`."


@router.get(
    "",
    options=RouteOptions(is_public=True, query=_API.query(_OF, _BY)),
    operation_id="getActionStatistics",
    summary="Count programmes, actions, milestones, endorsements, centres and countries",
    responses={200: {"model": ActionStatistics}},
)
async def get_statistics(ctx: CurrentContext) -> Response:
    """`by` names what to count by, in order, by commas. Everything has country and region; what has states has status;
    programmes and actions have framework, actions also pillar and kind, countries stage. `as_of` is a day: the counts
    as they stood at its end. With `from` (a day), `to` (today where absent) and `step` (month where absent, or year)
    `series` has the counts at the end of each month or year, at most 240 of them. An answer of more than 20,000
    numbers is refused; filters make it smaller."""
    return await _API.respond(ctx)


@router.get(
    "/budgets",
    options=RouteOptions(
        is_public=True, is_item=True, query=query_of(filters=BUDGET_FILTERS.values(), described={"by": _SUMMED_BY})
    ),
    operation_id="getBudgetStatistics",
    summary="Sum the budgets of actions in each currency",
    responses={200: {"model": BudgetSums}},
)
async def get_budgets(ctx: CurrentContext) -> Response:
    """Each currency has a sum of its own. Only budgets that the caller's grants cover are summed; without a token there
    are none."""
    given = parameters_of(ctx.request)
    by = given.get("by", "pillar,country").split(",")
    if not set(by) <= set(BUDGET_KEYS) or len(set(by)) < len(by):
        raise invalid_parameter("by", f"Names of {', '.join(BUDGET_KEYS)}, each once, separated by commas.")
    filters = {name: LISTING.parse(name, raw) for name, raw in given.items() if name in BUDGET_FILTERS}
    async with ctx.connection() as connection:
        rows = await budgets(connection, ctx.access_on(ACTIONS.resource), by, filters)
    if len(rows) > LARGEST:
        raise too_many()
    return document_response(ctx, {"items": [_sum(row) for row in rows], "as_of": today(), "definition": BUDGETS})


@router.get(
    "/headlines",
    options=RouteOptions(is_public=True, is_item=True, query=query_of("as_of")),
    operation_id="getHeadlines",
    summary="Read the numbers of the plan, of all services",
    responses={200: {"model": Headlines}},
)
async def get_headlines(ctx: CurrentContext) -> Response:
    """What a first page shows: each number with its titles in six languages, its definition, the statistics that
    result in the same number, and the list of the counted records. With `as_of`, as they stood at the end of that
    day."""
    until = as_of(ctx.request)
    async with ctx.connection() as connection:
        items = [await _headline(ctx, connection, one, until) for one in HEADLINES]
    return document_response(ctx, {"items": items, "as_of": until or today()})


async def _headline(ctx: RequestContext, connection: Connection, one: Headline, until: date | None) -> dict[str, Any]:
    counted = COUNTED.get(one.of) or OF_MEMBERSHIP[one.of]
    access = access_on(ctx, counted)
    chosen = {one.filter: one.values.split(",")} if one.filter else {}
    cells = await counts(connection, access, counted, (), chosen, until)
    whole = definition(one.of, access.access_kind)
    path = "/actions/v1/statistics" if one.of in COUNTED else "/membership/v1/statistics"
    filtered = f"{one.filter}={one.values}" if one.filter else ""
    query = "&".join(filter(None, (f"of={one.of}", filtered, f"as_of={until}" if until else "")))
    records = f"{counted.resource.path}?{filtered or f'status={counted.only}'}"
    sees_all = not counted.only or reading_access(ctx.principal, counted.resource).access_kind is AccessKind.EVERYWHERE
    return {
        "key": one.key,
        "titles": one.titles,
        "value": sum(cell.count for cell in cells),
        "definition": f"{whole} Only those of {one.filter} {one.values.replace(',', ' or ')}." if one.filter else whole,
        "as_of": until or today(),
        "links": {
            "query": f"{path}?{query}",
            "records": records if sees_all and is_listed(counted, access, until) else None,
        },
    }


def _sum(row: Row) -> dict[str, Any]:
    return {**row, "amount": f"{row['amount']:f}"}
