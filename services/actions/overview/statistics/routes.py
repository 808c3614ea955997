"""Statistics over HTTP: counts, sums of budgets, and the headlines of the plan."""

from collections.abc import Sequence
from dataclasses import astuple, replace
from datetime import date
from decimal import Decimal
from typing import Any

from fastapi import Response

from services.actions.access import ROLES
from services.actions.measurement.results.domain import PUBLISHED
from services.actions.measurement.results.operations import RESULTS
from services.actions.overview.statistics import lights
from services.actions.overview.statistics.coded import by_code
from services.actions.overview.statistics.domain import HEADLINES, Headline
from services.actions.overview.statistics.queries import BUDGET_FILTERS, BUDGET_KEYS, COUNTED, OF_MEMBERSHIP, budgets
from services.actions.overview.statistics.reporting import FILTERS, KEYS, Reporting, reporting
from services.actions.overview.statistics.schemas import (
    BUDGETS,
    REPORTING,
    ActionStatistics,
    BudgetSums,
    Headlines,
    ReportingNumbers,
    ReportingStatistics,
    definition,
)
from services.actions.plan.actions.operations import ACTIONS
from services.actions.plan.actions.queries import LISTING
from services.actions.reporting.reports.operations import REPORTS
from shared.database.statements import Connection, Row
from shared.kernel.clock import today
from shared.kernel.decimals import quotient, to_text
from shared.kernel.errors import invalid_parameter
from shared.kernel.resource import Resource
from shared.records.access_scope import AccessKind
from shared.records.counted import counts
from shared.records.filters import chosen
from shared.records.references import reading_access
from shared.records.statistics import LARGEST, items_of
from shared.web.contract.route_options import RouteOptions, query_of
from shared.web.records.statistics import (
    SERIES,
    StatisticsApi,
    access_on,
    is_listed,
    keys_in,
    numbers_over_time,
    series_of,
    too_many,
    who_is_counted,
)
from shared.web.records.tables import CONTROLS, TABLE, as_table, without_table
from shared.web.request.paging import as_of, parameters_of
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.responses import document_response
from shared.web.request.route import ResourceRouter

router = ResourceRouter(Resource("actions", "statistics", "statistic"), ROLES)
_API = StatisticsApi(COUNTED, definition)
_REPORTING = "reporting"
_OF = f"What is counted: {', '.join(f'`{of}`' for of in (*COUNTED, _REPORTING))}; default: `programmes`."
_BY = "What to count by, in order, separated by commas; default: `country,status`, or `country` for countries."
_COUNTS = _API.query(_OF, _BY)
_QUERY = replace(
    _COUNTS,
    filters={**_COUNTS.filters, "light": lights.FILTERS["light"]},
    described={**_COUNTS.described, "scheme": "With `by=code`: the scheme whose codes are counted by."},
)
_SUMMED_BY = f"What to sum by, in order, separated by commas: {', '.join(BUDGET_KEYS)}; default: `pillar,country`."

_OF_HEADLINES = {**SERIES, "key": "Only the numbers of these keys, separated by commas; default: all."}


@router.get(
    "",
    options=RouteOptions(is_public=True, query=_QUERY),
    operation_id="getActionStatistics",
    summary="Count programmes, actions, milestones, endorsements, results, reports, support requests and others",
    responses={200: {"model": ActionStatistics | ReportingStatistics}},
)
async def get_statistics(ctx: CurrentContext) -> Response:
    """`by` names what to count by, in order, by commas. Everything has country and region; what has states has status;
    programmes, actions, results, reports and assessments have framework, actions also pillar and kind, results and
    assessments kind and period, reports period, assessments completion, requests for support kind, countries stage.
    With light, awaited reports are counted as they are today. `as_of` is a day: the counts as they stood at its end.
    With `from` (a day), `to` (today where absent) and `step` (month where absent, or year) `series` has the counts at
    the end of each month or year, at most 240 of them. An answer of more than 20,000 numbers is refused; filters make
    it smaller. `of=reporting` compares the results that are due with those that were submitted, by country, region,
    framework and period, today or `as_of` a day. `by=code` counts actions (the default of `of`), milestones, results,
    reports or support requests by the codes of the current edition of `scheme`, of one `kind` of codes if it is given:
    those that have the code or one below it, each once for a code and once in `total`, as they are today."""
    if "code" in ctx.request.query_params.get("by", "").split(","):
        return await by_code(ctx)
    if ctx.request.query_params.get("of") == _REPORTING:
        return await _report(ctx)
    if ctx.request.query_params.get("of") == "reports" and _asks_light(ctx):
        return await _lights(ctx)
    return await _API.respond(ctx)


def _asks_light(ctx: RequestContext) -> bool:
    given = ctx.request.query_params
    return "light" in given or "light" in given.get("by", "").split(",")


async def _lights(ctx: RequestContext) -> Response:
    given = {name: value for name, value in without_table(ctx).items() if name not in ("of", "by")}
    if more := [name for name in given if name not in lights.FILTERS]:
        raise invalid_parameter(more[0], f"Lights are filtered by {', '.join(lights.FILTERS)}, and have no past.")
    by = keys_in(ctx.request, lights.KEYS, "country,light")
    access = ctx.access_on(REPORTS.resource)
    async with ctx.connection() as connection:
        cells = await lights.lights(connection, access, by, chosen(lights.FILTERS, given))
    if len(cells) > LARGEST:
        raise too_many()
    items = [{**dict(zip(by, one.values, strict=True)), "count": one.count} for one in items_of(by, cells)]
    content = {"items": items, "as_of": today(), "definition": definition("reports", access.access_kind)}
    countries = {cell.values["country"] for cell in cells}
    whole = {**content, "total": sum(one.count for one in cells), "countries": len(countries)}
    return as_table(ctx, document_response(ctx, whole), (*by, "count"))


async def _report(ctx: RequestContext) -> Response:
    own = ("of", "by", "as_of")
    given = {name: value for name, value in without_table(ctx).items() if name not in own}
    if more := [name for name in given if name not in FILTERS]:
        raise invalid_parameter(more[0], f"Reporting is filtered by {', '.join(FILTERS)}, and has no series.")
    by = keys_in(ctx.request, KEYS, "country,period")
    wanted, day = chosen(FILTERS, given), as_of(ctx.request)
    access = ctx.access_on(RESULTS.resource)
    async with ctx.connection() as connection:
        found = await reporting(connection, access, by, wanted, day)
    if len(found) > LARGEST:
        raise too_many()
    whole = Reporting(*map(sum, zip(*map(astuple, found.values()), strict=True))) if found else Reporting(0, 0, 0)
    items = [{**dict(zip(by, key, strict=True)), **_shares(numbers)} for key, numbers in found.items()]
    of_results = who_is_counted("results", PUBLISHED, access.access_kind)
    content = {"items": items, "as_of": day or today(), "definition": REPORTING.format(of_results=of_results)}
    response = document_response(ctx, {**content, "total": _shares(whole)})
    return as_table(ctx, response, (*by, *ReportingNumbers.model_fields))


def _shares(of: Reporting) -> dict[str, Any]:
    counted = {"completeness": of.reported, "timeliness": of.on_time}
    shares = {name: _share(number, of.expected) for name, number in counted.items()}
    numbers = {"expected": of.expected, "reported": of.reported, "missing": of.expected - of.reported}
    return {**numbers, "on_time": of.on_time, **shares}


def _share(number: int, whole: int) -> str | None:
    return to_text(quotient(Decimal(number), Decimal(whole))) if whole else None


@router.get(
    "/budgets",
    options=RouteOptions(
        is_public=True,
        is_item=True,
        query=query_of(*CONTROLS, filters=BUDGET_FILTERS.values(), described={"by": _SUMMED_BY, **TABLE}),
    ),
    operation_id="getBudgetStatistics",
    summary="Sum the budgets of actions in each currency",
    responses={200: {"model": BudgetSums}},
)
async def get_budgets(ctx: CurrentContext) -> Response:
    """Each currency has a sum of its own. Only budgets that the caller's grants cover are summed; without a token there
    are none."""
    given = parameters_of(ctx.request)
    by = keys_in(ctx.request, BUDGET_KEYS, "pillar,country")
    filters = {name: LISTING.parse(name, raw) for name, raw in given.items() if name in BUDGET_FILTERS}
    async with ctx.connection() as connection:
        rows = await budgets(connection, ctx.access_on(ACTIONS.resource), by, filters)
    if len(rows) > LARGEST:
        raise too_many()
    content = {"items": [_sum(row) for row in rows], "as_of": today(), "definition": BUDGETS}
    return as_table(ctx, document_response(ctx, content), (*by, "currency", "amount", "count"))


@router.get(
    "/headlines",
    options=RouteOptions(is_public=True, is_item=True, query=query_of("as_of", described=_OF_HEADLINES)),
    operation_id="getHeadlines",
    summary="Read the numbers of the plan, of all services",
    responses={200: {"model": Headlines}},
)
async def get_headlines(ctx: CurrentContext) -> Response:
    """What a first page shows: each number with its titles in six languages, its definition, the statistics that
    result in the same number, and the list of the counted records. With `as_of`, as they stood at the end of that
    day. With `from`, `to` and `step` each has a `series`: the number at the end of each month or year. `key` leaves
    some of them, in the order of all."""
    days = series_of(ctx.request)
    until = days[-1] if days else as_of(ctx.request)
    wanted = _wanted(ctx)
    async with ctx.connection() as connection:
        items = [await _headline(ctx, connection, one, until, days) for one in wanted]
    return document_response(ctx, {"items": items, "as_of": until or today()})


def _wanted(ctx: RequestContext) -> Sequence[Headline]:
    """The numbers that `key` names. Raises Malformed `invalid_parameter` for another one."""
    raw = ctx.request.query_params.get("key")
    if raw is None:
        return HEADLINES
    keys = frozenset(raw.split(","))
    if not keys <= {one.key for one in HEADLINES}:
        raise invalid_parameter("key", f"There are {', '.join(one.key for one in HEADLINES)}.")
    return [one for one in HEADLINES if one.key in keys]


async def _headline(
    ctx: RequestContext, connection: Connection, one: Headline, until: date | None, days: Sequence[date]
) -> dict[str, Any]:
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
    series = await numbers_over_time(connection, access, counted, chosen, days) if days else None
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
        **({"series": series} if days else {}),
    }


def _sum(row: Row) -> dict[str, Any]:
    return {**row, "amount": f"{row['amount']:f}"}
