"""Statistics over HTTP: exact at once, for everybody over what they may see."""

from collections.abc import Mapping

import orjson
from fastapi import Response

from services.membership.access import ROLES
from services.membership.overview.statistics import queries
from services.membership.overview.statistics.gender import GENDERS
from services.membership.overview.statistics.queries import COUNTED
from services.membership.overview.statistics.schemas import GENDER_BALANCE, Statistics, definition
from shared.kernel.clock import today
from shared.kernel.countries import REGIONS, in_region
from shared.kernel.errors import invalid_parameter
from shared.kernel.resource import Resource
from shared.web.contract.route_options import RouteOptions
from shared.web.records.statistics import StatisticsApi, chosen_value
from shared.web.records.tables import as_table, without_table
from shared.web.request.paging import parameters_of
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.responses import JSON
from shared.web.request.route import ResourceRouter

router = ResourceRouter(Resource("membership", "statistics", "statistic"), ROLES)
_API = StatisticsApi(COUNTED, definition)
_OF = "Who is counted: `experts` (default), `institutions`, or `supports`, the accepted ones."
_BY = "What to count by, in order, separated by commas; default: `country,status`."


@router.get(
    "",
    options=RouteOptions(is_public=True, query=_API.query(_OF, _BY)),
    operation_id="getMembershipStatistics",
    summary="Count experts, institutions or supports by country, region and further dimensions",
    responses={200: {"model": Statistics}},
)
async def get_statistics(ctx: CurrentContext) -> Response:
    """`of` is experts (where absent), institutions or supports. `by` names what to count by, in order, by commas
    (`country,status` where absent; `country` for supports); institutions have country, region and status, supports
    country, region and capacity. Supports are the accepted ones of an `initiative`, or of all, listed or not, the
    same for every caller. `as_of` is a day: the counts as they stood at its end. `by=gender` goes with nothing but
    one `country` or `region`: its definition says what is shown. With `from` (a day), `to` (today where absent) and
    `step` (month where absent, or year) `series` has the counts at the end of each month or year, at most 240 of
    them. An answer of more than 20,000 numbers is refused; filters make it smaller."""
    if parameters_of(ctx.request).get("by") == "gender":
        return await _gender_balance(ctx)
    return await _API.respond(ctx)


async def _gender_balance(ctx: RequestContext) -> Response:
    given = without_table(ctx)
    if given.get("of", "experts") != "experts":
        raise invalid_parameter("of", "Of experts only.")
    if more := sorted(given.keys() - {"by", "of", "country", "region"}):
        raise invalid_parameter(more[0], "With gender nothing but one country or one region.")
    place = _place(given)
    if ctx.principal.sandbox:
        raise invalid_parameter("by", "The gender balance covers real countries only; the sandbox has none.")
    async with ctx.connection() as connection:
        found = await queries.balance(connection, place)
    nowhere = {"records": None}
    counts = {name: found[name] or None if found else None for name in GENDERS}
    content = {
        "items": [{"gender": name, "count": n, "links": nowhere} for name, n in counts.items()],
        "as_of": found["day"] if found else today(),
        "definition": GENDER_BALANCE,
        "total": None,
        "countries": None,
    }
    return as_table(ctx, Response(orjson.dumps(content), media_type=JSON), ("gender", "count"))


def _place(given: Mapping[str, str]) -> str:
    """The place of the balance: a country, a region's name, or empty for all together."""
    if {"country", "region"} <= given.keys():
        raise invalid_parameter("region", "With gender a country or a region.")
    if "region" in given:
        codes = set(chosen_value(COUNTED["experts"], "region", given["region"]))
        if (found := next((name for name in REGIONS if in_region(name) == codes), None)) is None:
            raise invalid_parameter("region", f"With gender one of {', '.join(REGIONS)}.")
        return found
    chosen = chosen_value(COUNTED["experts"], "country", given["country"]) if "country" in given else [""]
    if len(chosen) != 1:
        raise invalid_parameter("country", "With gender one country.")
    return str(chosen[0])
