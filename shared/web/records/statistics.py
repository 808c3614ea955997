"""The response of statistics: exact at once, for everybody over what they may see."""

from collections.abc import Awaitable, Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from weakref import WeakKeyDictionary

import orjson
from fastapi import Request, Response
from pydantic import Field

from shared.database.context import AccessContext
from shared.database.pool import Database
from shared.database.statements import Connection
from shared.kernel.clock import today
from shared.kernel.errors import Malformed, invalid_parameter
from shared.records.access_scope import AccessKind, AccessScope
from shared.records.counted import Counted, counts
from shared.records.counts import State, counts_state
from shared.records.filters import Filter, either, parsed
from shared.records.references import reading_access
from shared.records.response_cache import ResponseCache, Stored
from shared.records.statistics import LARGEST, MONTHS, Item, drill_down, items_of, over_time, points
from shared.web.contract.fields import ResponseModel
from shared.web.contract.route_options import Chosen, Query, Said, query_of
from shared.web.records.tables import CONTROLS, TABLE, as_table
from shared.web.request.conditional import etag
from shared.web.request.paging import as_of, day_of
from shared.web.request.request_context import RequestContext
from shared.web.request.responses import JSON

_CACHES: WeakKeyDictionary[Database, ResponseCache] = WeakKeyDictionary()
SERIES: Said = {
    "from": "With it the response has `series`: the counts at the end of each month or year from this day on.",
    "to": "The last day of the series; default: today.",
    "step": Chosen("The interval of the series: `month` (default) or `year`.", tuple(MONTHS)),
}
"""The parameters of a series, with their descriptions."""
_COUNTED = {
    AccessKind.ANONYMOUS: "{of} of visibility public in state {states}",
    AccessKind.COVERED: "{of} of visibility public in state {states}, and in countries that the caller's grants cover"
    " {lower} of every visibility and state",
    AccessKind.SCOPED: "{of} of visibility public or network in state {states}, and in countries that the caller's"
    " grants cover {lower} of every visibility and state",
    AccessKind.SANDBOX: "{of} of fictional countries, of visibility public or, for callers who hold a grant that reads"
    " {lower}, network in state {states}, and in countries"
    " that the caller's grants cover of every visibility and state",
    AccessKind.EVERYWHERE: "{of} of every visibility and state",
}


class StatisticLinks(ResponseModel):
    """`records` is the list of the counted records, as far as this caller may see both. Null if no list contains them:
    for another day than today, and for no region, field or boundary."""

    records: Annotated[
        str | None,
        Field(examples=["/membership/v1/experts?country=XA"]),
        "The list of the counted records; null if no list contains them.",
    ]


async def stored_response(
    ctx: RequestContext,
    kinds: tuple[str, ...],
    context: AccessContext,
    seen: Hashable,
    make: Callable[[Connection], Awaitable[bytes]],
) -> Stored:
    """A response with its entity tag, which is stored until the counts of these kinds change in this context. `seen`
    is what distinguishes callers who read different records."""
    cache = _CACHES.setdefault(ctx.read_database, ResponseCache())
    key = (ctx.path, ctx.request.scope["query_string"], ctx.principal.is_anonymous, kinds, seen, today())

    async def load_state() -> State:
        async with ctx.read_database.acquire() as connection:
            return await counts_state(connection, context, kinds)

    state = await cache.state((kinds, seen), load_state)
    response = cache.get(key, state)
    if response is None:
        async with ctx.connection() as connection:
            body = await make(connection)
        response = Stored(body, etag(0, body))
        cache.put(key, state, response)
    return response


def who_is_counted(of: str, published: Collection[str], access_kind: AccessKind) -> str:
    """Who is counted for a caller, without a full stop."""
    states = " or ".join(sorted(published))
    return _COUNTED[access_kind].format(of=of.capitalize(), lower=of, states=states)


def access_on(ctx: RequestContext, counted: Counted) -> AccessScope:
    """The caller's access to the counts of a kind, which may be of another service."""
    resource = counted.resource
    is_own = resource.service == ctx.resource.service
    access = ctx.access_on(resource) if is_own else reading_access(ctx.principal, resource)
    return access.reading_everything() if counted.only else access


@dataclass(frozen=True, slots=True)
class _Asked:
    """Parsed parameters; `chosen` are the values of filters by name, `given` what they were parsed from."""

    of: str
    counted: Counted
    by: tuple[str, ...]
    given: dict[str, str]
    chosen: dict[str, Any]
    until: date | None
    points: list[date]


@dataclass(frozen=True, eq=False)
class StatisticsApi:
    """The statistics of a service. `kinds` are what it counts, by the value of `of`, the first without one. `define`
    returns who is counted: of what, for which callers, by what."""

    kinds: Mapping[str, Counted]
    define: Callable[[str, AccessKind, Sequence[str]], str]

    def query(self, of: str, by: str) -> Query:
        """The query parameters, with the descriptions of `of` and `by`."""
        filters: dict[str, Filter] = {}
        for counted in self.kinds.values():
            for name, each in counted.parsers.items():
                filters[name] = either(filters[name], each) if name in filters else each
        described = {"of": Chosen(of, tuple(self.kinds)), "by": by, **SERIES, **TABLE}
        return query_of("as_of", *CONTROLS, filters=filters.values(), described=described)

    async def respond(self, ctx: RequestContext) -> Response:
        """The counts that were asked for; a stored response while they do not change."""
        asked = self._parse(ctx.request)
        access = access_on(ctx, asked.counted)
        kind = asked.counted.kind_of({*asked.by, *asked.chosen})
        context, read = access.context, access.read
        seen = (access.access_kind, context.visibilities, context.countries, read.countries, bool(read.records))

        async def count(connection: Connection) -> bytes:
            return await self._counted(connection, access, asked)

        stored = await stored_response(ctx, (kind,), context, seen, count)
        return as_table(ctx, Response(stored.body, media_type=JSON), (*asked.by, "count"))

    async def _counted(self, connection: Connection, access: AccessScope, asked: _Asked) -> bytes:
        by, counted = asked.by, asked.counted
        cells = await counts(connection, access, counted, by, asked.chosen, asked.until)
        if len(cells) > LARGEST:
            raise too_many()
        once = cells
        counts_twice = any(name in by and name not in asked.chosen for name in counted.tags)
        if counts_twice or not {"country", "region"} & set(by):
            once = await counts(connection, access, counted, ("country",), asked.chosen, asked.until)
        content = {
            "items": _linked(items_of(by, cells), asked, access),
            "as_of": asked.until or today(),
            "definition": self.define(asked.of, access.access_kind, by),
            "total": sum(cell.count for cell in once),
            "countries": len({cell.values["country"] for cell in once}),
        }
        if asked.points:
            content["series"] = await _series(connection, access, asked)
        return orjson.dumps(content)

    def _parse(self, request: Request) -> _Asked:
        given = request.query_params
        of = given.get("of", next(iter(self.kinds)))
        if of not in self.kinds:
            raise invalid_parameter("of", f"One of {', '.join(self.kinds)}.")
        counted = self.kinds[of]
        by = tuple(given["by"].split(",")) if "by" in given else counted.default_by
        if not set(by) <= set(counted.by) or len(set(by)) < len(by):
            raise invalid_parameter("by", f"Names of {', '.join(counted.by)}, each once, separated by commas.")
        names = [name for each in self.kinds.values() for name in each.parsers]
        filters = {name: given[name] for name in names if name in given}
        chosen = {name: chosen_value(counted, name, raw) for name, raw in filters.items()}
        if len(counted.tags & {*by, *chosen}) > 1:
            raise invalid_parameter("by", f"Of {' and '.join(sorted(counted.tags))} one at a time.")
        days = series_of(request)
        return _Asked(of, counted, by, filters, chosen, days[-1] if days else as_of(request), days)


def keys_in(request: Request, known: Sequence[str], default: str) -> list[str]:
    """What `by` names. Raises Malformed for other names, and for one that is given twice."""
    by = request.query_params.get("by", default).split(",")
    if not set(by) <= set(known) or len(set(by)) < len(by):
        raise invalid_parameter("by", f"Names of {', '.join(known)}, each once, separated by commas.")
    return by


def chosen_value(counted: Counted, name: str, raw: str) -> Any:
    """The value of a filter. Raises Malformed `invalid_parameter`."""
    if name not in counted.parsers:
        raise invalid_parameter(name, f"{counted.resource.plural} have no {name}")
    return parsed(counted.parsers[name], raw)


def too_many() -> Malformed:
    """The refusal of a response with too many numbers."""
    return invalid_parameter(
        "by", f"That would be more than {LARGEST:,} numbers. Add filters, or count by fewer dimensions."
    )


async def _series(connection: Connection, access: AccessScope, asked: _Asked) -> list[dict[str, Any]]:
    filters, days = asked.chosen, asked.points
    cells = await counts(connection, access, asked.counted, asked.by, filters, asked.until, days)
    once = await counts(connection, access, asked.counted, (), filters, asked.until, days)
    series, numbers = [], 0
    both = zip(days, over_time(asked.by, cells, len(days)), over_time((), once, len(days)), strict=True)
    for day, (_, items), (total, _) in both:
        numbers += len(items)
        if max(numbers, len(cells)) > LARGEST:
            raise too_many()
        shown = [{**dict(zip(asked.by, item.values, strict=True)), "count": item.count} for item in items]
        series.append({"as_of": day, "items": shown, "total": total})
    return series


def is_listed(counted: Counted, access: AccessScope, until: date | None) -> bool:
    """Whether a list contains the records of a number. Who sees single records has none: lists show those, numbers
    leave them out."""
    may_read = counted.is_public or not access.principal.is_anonymous
    return may_read and until in (None, today()) and not access.read.records


def _linked(items: Iterable[Item], asked: _Asked, access: AccessScope) -> list[dict[str, Any]]:
    """The items with the list of each."""
    counted = asked.counted
    listed = is_listed(counted, access, asked.until)
    given = {counted.listed_as.get(name, name): value for name, value in asked.given.items()}
    if counted.only:
        given = {"status": counted.only, **given}
    linked = []
    for item in items:
        values = dict(zip(asked.by, item.values, strict=True))
        query = drill_down(given, values) if listed else None
        link = None if query is None else f"{counted.resource.path}?{query}"
        linked.append({**values, "count": item.count, "links": {"records": link}})
    return linked


async def numbers_over_time(
    connection: Connection, access: AccessScope, counted: Counted, chosen: Mapping[str, Any], days: Sequence[date]
) -> list[dict[str, Any]]:
    """One number at the end of each day, in order."""
    cells = await counts(connection, access, counted, (), chosen, days[-1], days)
    totals = over_time((), cells, len(days))
    return [{"as_of": day, "value": total} for day, (total, _) in zip(days, totals, strict=True)]


def series_of(request: Request) -> list[date]:
    """The days of the requested series, with `from`, `to` and `step`; none without `from`. Raises Malformed
    `invalid_parameter`."""
    given = request.query_params
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
