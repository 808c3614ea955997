"""Statistics over HTTP: exact at once, for everybody over what they may see."""

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
from services.membership.statistics.domain import DIMENSIONS, LARGEST, TAGS, drill_down, items_of
from services.membership.statistics.gender import GENDERS
from services.membership.statistics.kept import KeptAnswers
from services.membership.statistics.schemas import GENDER_BALANCE, Statistics, definition
from shared.database.pool import Database
from shared.database.statements import Connection
from shared.kernel.clock import today
from shared.kernel.errors import Malformed, invalid_parameter
from shared.kernel.resource import Resource
from shared.records.counts import State, counts_state
from shared.records.sight import Sight
from shared.web.answers import JSON
from shared.web.call import Call, CurrentCall, public, takes_query
from shared.web.paging import as_of
from shared.web.route import ResourceRouter

_KEPT: WeakKeyDictionary[Database, KeptAnswers] = WeakKeyDictionary()
router = ResourceRouter(Resource("membership", "statistics", "statistic"), ROLES)
_RESOURCES = {"experts": EXPERTS.resource, "institutions": INSTITUTIONS.resource}


@dataclass(frozen=True, slots=True)
class _Asked:
    """Parsed parameters; `chosen` are the values of filters by name, `given` what they were parsed from."""

    of: str
    by: tuple[str, ...]
    given: dict[str, str]
    chosen: dict[str, Any]
    until: date | None

    @property
    def kind(self) -> str:
        return queries.kind_of(self.of, {*self.by, *self.chosen})


@router.get(
    "",
    operation_id="getMembershipStatistics",
    summary="Count experts or institutions by country, region, status, category, field or planetary boundary",
    responses={200: {"model": Statistics}},
)
@public
@takes_query("of", "by", *queries.FILTERS["experts"], "as_of")
async def get_statistics(call: CurrentCall) -> Response:
    """`of` is experts (where absent) or institutions. `by` names what to count by, in order, by commas
    (`country,status` where absent); institutions have country, region and status. `as_of` is a day: the counts as they
    stood at its end. `by=gender` goes with nothing but one `country`: its definition says what is told. An answer of
    more than 20,000 numbers is refused; filters make it smaller."""
    given = call.request.query_params
    if len(given) != len(given.multi_items()):
        raise Malformed("A parameter is given twice.", code="invalid_parameter")
    if given.get("by") == "gender":
        return await _gender_balance(call)
    asked = _parse(call.request)
    sight = call.sight_on(_RESOURCES[asked.of])
    kept = _KEPT.setdefault(call.database, KeptAnswers())
    seen = (asked.kind, sight.variant, sight.context.visibilities, sight.context.countries, bool(sight.read.records))
    key = (call.request.scope["query_string"], *seen, today())

    async def look() -> State:
        async with call.database.acquire() as connection:
            return await counts_state(connection, sight.context, asked.kind)

    state = await kept.state(seen, look)
    body = kept.get(key, state)
    if body is None:
        async with call.connection() as connection:
            body = await _counted(connection, sight, asked)
        kept.keep(key, state, body)
    return Response(body, media_type=JSON)


async def _gender_balance(call: Call) -> Response:
    given = dict(call.request.query_params)
    if given.get("of", "experts") != "experts":
        raise invalid_parameter("of", "Of experts only.")
    if more := sorted(given.keys() - {"by", "of", "country"}):
        raise invalid_parameter(more[0], "With gender nothing but one country.")
    country = _chosen("experts", "country", given["country"]) if "country" in given else [None]
    if len(country) != 1:
        raise invalid_parameter("country", "With gender one country.")
    async with call.connection() as connection:
        found = await queries.balance(connection, country[0])
    nowhere = {"records": None}
    told = {name: found[name] or None if found else None for name in GENDERS}
    answer = {
        "items": [{"gender": name, "count": n, "links": nowhere} for name, n in told.items()],
        "as_of": found["day"] if found else today(),
        "definition": GENDER_BALANCE,
        "total": None,
        "countries": None,
    }
    return Response(orjson.dumps(answer), media_type=JSON)


async def _counted(connection: Connection, sight: Sight, asked: _Asked) -> bytes:
    by = asked.by
    rows = await queries.counts(connection, sight, asked.of, by, asked.chosen, asked.until)
    if len(rows) > LARGEST:
        raise invalid_parameter("by", f"That would be more than {LARGEST:,} numbers: filter, or ask by less.")
    once = rows
    counts_twice = any(name in by and name not in asked.chosen for name in TAGS)
    if counts_twice or not {"country", "region"} & set(by):
        once = await queries.counts(connection, sight, asked.of, ("country",), asked.chosen, asked.until)
    answer = {
        "items": _linked(items_of(by, rows), asked, sight),
        "as_of": asked.until or today(),
        "definition": definition(asked.of, sight.variant, by),
        "total": sum(row["count"] for row in once),
        "countries": len({row["country"] for row in once}),
    }
    return orjson.dumps(answer)


def _linked(items: list[dict[str, Any]], asked: _Asked, sight: Sight) -> list[dict[str, Any]]:
    """The items with the list of each. Who sees single records has none: lists show those, numbers leave them out."""
    listed = asked.until in (None, today()) and not sight.read.records
    path = sight.resource.path
    for item in items:
        query = drill_down(asked.given, item) if listed else None
        item["links"] = {"records": None if query is None else f"{path}?{query}"}
    return items


def _parse(request: Request) -> _Asked:
    given = request.query_params
    of = given.get("of", "experts")
    if of not in DIMENSIONS:
        raise invalid_parameter("of", "experts or institutions")
    by = tuple(given.get("by", "country,status").split(","))
    if not set(by) <= set(DIMENSIONS[of]) or len(set(by)) < len(by):
        raise invalid_parameter(
            "by", f"Names of {', '.join(DIMENSIONS[of])}, each once, separated by commas; or gender alone."
        )
    filters = {name: given[name] for name in queries.FILTERS["experts"] if name in given}
    chosen = {name: _chosen(of, name, raw) for name, raw in filters.items()}
    if set(TAGS) <= {*by, *chosen}:
        raise invalid_parameter("by", f"Of {' and '.join(TAGS)} one at a time.")
    return _Asked(of, by, filters, chosen, as_of(request))


def _chosen(of: str, name: str, raw: str) -> Any:
    if name not in queries.FILTERS[of]:
        raise invalid_parameter(name, f"{of} have no {name}")
    try:
        return queries.FILTERS[of][name].parse(raw)
    except ValueError as error:
        raise invalid_parameter(name, f"{name} {error}") from error
