"""Statistics over HTTP: exact at once, for everybody over what they may see."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from weakref import WeakKeyDictionary

import orjson
from fastapi import Request, Response

from services.membership.access import ROLES
from services.membership.experts.operations import EXPERTS
from services.membership.institutions.operations import INSTITUTIONS
from services.membership.statistics import queries
from services.membership.statistics.domain import (
    DIMENSIONS,
    INITIATIVE,
    LARGEST,
    MONTHS,
    SUPPORTS,
    TAGS,
    Item,
    drill_down,
    items_of,
    over_time,
    points,
)
from services.membership.statistics.gender import GENDERS
from services.membership.statistics.response_cache import ResponseCache
from services.membership.statistics.schemas import GENDER_BALANCE, Statistics, definition
from services.membership.supports.operations import SUPPORTS as SUPPORT_TYPE
from shared.database.pool import Database
from shared.database.statements import Connection
from shared.kernel.clock import today
from shared.kernel.countries import REGIONS, in_region
from shared.kernel.errors import Malformed, invalid_parameter
from shared.kernel.resource import Resource
from shared.records.access_scope import AccessScope
from shared.records.counts import State, counts_state
from shared.web.paging import as_of, day_of, parameters_of
from shared.web.request_context import CurrentContext, RequestContext
from shared.web.responses import JSON
from shared.web.route import ResourceRouter
from shared.web.route_options import RouteOptions, query_of

_CACHES: WeakKeyDictionary[Database, ResponseCache] = WeakKeyDictionary()
router = ResourceRouter(Resource("membership", "statistics", "statistic"), ROLES)
_PARAMETERS = {
    "of": "Who is counted: `experts` (default), `institutions`, or `supports`, the accepted ones.",
    "by": "What to count by, in order, separated by commas; default: `country,status`.",
    "from": "With it the response has `series`: the counts at the end of each month or year from this day on.",
    "to": "The last day of the series; default: today.",
    "step": "The interval of the series: `month` (default) or `year`.",
}
_LISTED_BY = {INITIATIVE: "initiative_id"}
"""The filters of lists with other names."""
_RESOURCES = {"experts": EXPERTS.resource, "institutions": INSTITUTIONS.resource, SUPPORTS: SUPPORT_TYPE.resource}


@dataclass(frozen=True, slots=True)
class _Asked:
    """Parsed parameters; `chosen` are the values of filters by name, `given` what they were parsed from."""

    of: str
    by: tuple[str, ...]
    given: dict[str, str]
    chosen: dict[str, Any]
    until: date | None
    points: list[date]

    @property
    def kind(self) -> str:
        return queries.kind_of(self.of, {*self.by, *self.chosen})


@router.get(
    "",
    options=RouteOptions(
        is_public=True, query=query_of("as_of", filters=queries.ALL_FILTERS.values(), described=_PARAMETERS)
    ),
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
    asked = _parse(ctx.request)
    access = ctx.access_on(_RESOURCES[asked.of])
    if asked.of == SUPPORTS:
        access = access.reading_everything()
    cache = _CACHES.setdefault(ctx.database, ResponseCache())
    context, read = access.context, access.read
    seen = (asked.kind, access.access_kind, context.visibilities, context.countries, read.countries, bool(read.records))
    key = (ctx.request.scope["query_string"], *seen, today())

    async def load_state() -> State:
        async with ctx.database.acquire() as connection:
            return await counts_state(connection, access.context, asked.kind)

    state = await cache.state(seen, load_state)
    body = cache.get(key, state)
    if body is None:
        async with ctx.connection() as connection:
            body = await _counted(connection, access, asked)
        cache.put(key, state, body)
    return Response(body, media_type=JSON)


async def _gender_balance(ctx: RequestContext) -> Response:
    given = dict(ctx.request.query_params)
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
    return Response(orjson.dumps(content), media_type=JSON)


def _place(given: Mapping[str, str]) -> str:
    """The place of the balance: a country, a region's name, or empty for all together."""
    if {"country", "region"} <= given.keys():
        raise invalid_parameter("region", "With gender a country or a region.")
    if "region" in given:
        codes = set(_chosen("experts", "region", given["region"]))
        if (found := next((name for name in REGIONS if in_region(name) == codes), None)) is None:
            raise invalid_parameter("region", f"With gender one of {', '.join(REGIONS)}.")
        return found
    chosen = _chosen("experts", "country", given["country"]) if "country" in given else [""]
    if len(chosen) != 1:
        raise invalid_parameter("country", "With gender one country.")
    return str(chosen[0])


async def _counted(connection: Connection, access: AccessScope, asked: _Asked) -> bytes:
    by = asked.by
    cells = await queries.counts(connection, access, asked.of, by, asked.chosen, asked.until)
    if len(cells) > LARGEST:
        raise _too_many()
    once = cells
    counts_twice = any(name in by and name not in asked.chosen for name in TAGS)
    if counts_twice or not {"country", "region"} & set(by):
        once = await queries.counts(connection, access, asked.of, ("country",), asked.chosen, asked.until)
    content = {
        "items": _linked(items_of(by, cells), asked, access),
        "as_of": asked.until or today(),
        "definition": definition(asked.of, access.access_kind, by),
        "total": sum(cell.count for cell in once),
        "countries": len({cell.values["country"] for cell in once}),
    }
    if asked.points:
        content["series"] = await _series(connection, access, asked)
    return orjson.dumps(content)


async def _series(connection: Connection, access: AccessScope, asked: _Asked) -> list[dict[str, Any]]:
    filters, days = asked.chosen, asked.points
    cells = await queries.counts(connection, access, asked.of, asked.by, filters, asked.until, days)
    once = await queries.counts(connection, access, asked.of, (), filters, asked.until, days)
    series, numbers = [], 0
    both = zip(days, over_time(asked.by, cells, len(days)), over_time((), once, len(days)), strict=True)
    for day, (_, items), (total, _) in both:
        numbers += len(items)
        if max(numbers, len(cells)) > LARGEST:
            raise _too_many()
        shown = [{**dict(zip(asked.by, item.values, strict=True)), "count": item.count} for item in items]
        series.append({"as_of": day, "items": shown, "total": total})
    return series


def _too_many() -> Malformed:
    return invalid_parameter(
        "by", f"That would be more than {LARGEST:,} numbers. Add filters, or count by fewer dimensions."
    )


def _linked(items: Iterable[Item], asked: _Asked, access: AccessScope) -> list[dict[str, Any]]:
    """The items with the list of each. Who sees single records has none: lists show those, numbers leave them out."""
    listed = asked.until in (None, today()) and not access.read.records
    path, linked = access.resource.path, []
    given = dict(asked.given)
    if asked.of == SUPPORTS:
        given = {"status": "accepted", **{_LISTED_BY.get(name, name): value for name, value in given.items()}}
    for item in items:
        values = dict(zip(asked.by, item.values, strict=True))
        query = drill_down(given, values) if listed else None
        link = None if query is None else f"{path}?{query}"
        linked.append({**values, "count": item.count, "links": {"records": link}})
    return linked


def _parse(request: Request) -> _Asked:
    given = request.query_params
    of = given.get("of", "experts")
    if of not in DIMENSIONS:
        raise invalid_parameter("of", "experts, institutions or supports")
    by = tuple(given.get("by", "country" if of == SUPPORTS else "country,status").split(","))
    if not set(by) <= set(DIMENSIONS[of]) or len(set(by)) < len(by):
        raise invalid_parameter(
            "by", f"Names of {', '.join(DIMENSIONS[of])}, each once, separated by commas; or gender alone."
        )
    filters = {name: given[name] for name in queries.ALL_FILTERS if name in given}
    chosen = {name: _chosen(of, name, raw) for name, raw in filters.items()}
    if set(TAGS) <= {*by, *chosen}:
        raise invalid_parameter("by", f"Of {' and '.join(TAGS)} one at a time.")
    days = _points(given)
    return _Asked(of, by, filters, chosen, days[-1] if days else as_of(request), days)


def _points(given: Mapping[str, str]) -> list[date]:
    """The days of the requested series; none without `from`."""
    if more := [name for name in ("to", "step", "as_of") if name in given and (name == "as_of") == ("from" in given)]:
        raise invalid_parameter(more[0], "from can be combined with to and step, as_of cannot.")
    if "from" not in given:
        return []
    first, last = (day_of(name, given[name]) if name in given else today() for name in ("from", "to"))
    step = given.get("step", "month")
    if step not in MONTHS:
        raise invalid_parameter("step", "month or year")
    if first > last:
        raise invalid_parameter("from", "Not after to.")
    try:
        return points(first, last, step)
    except ValueError as error:
        raise invalid_parameter("step", f"That would be {error}.") from error


def _chosen(of: str, name: str, raw: str) -> Any:
    if name not in queries.FILTERS[of]:
        raise invalid_parameter(name, f"{of} have no {name}")
    try:
        return queries.FILTERS[of][name].parse(raw)
    except ValueError as error:
        raise invalid_parameter(name, f"{name} {error}") from error
