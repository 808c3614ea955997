"""Values over HTTP: what the results of several countries, subjects and periods amount to."""

import asyncio
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

import orjson
from fastapi import Request, Response

from services.actions.access import ROLES
from services.actions.measurement.aggregates import domain, queries
from services.actions.measurement.aggregates.queries import Asked, Selection
from services.actions.measurement.aggregates.schemas import ResultValues
from services.actions.measurement.indicators.domain import CODED, FREQUENCIES
from services.actions.measurement.indicators.operations import INDICATORS
from services.actions.measurement.indicators.record import Indicator
from services.actions.measurement.results.operations import RESULTS
from services.actions.measurement.results.values import REASONS_MISSING
from services.actions.plan.programmes.operations import PROGRAMMES
from shared.database.context import SYSTEM_CONTEXT
from shared.database.statements import Connection, Row
from shared.kernel.clock import today
from shared.kernel.errors import FieldError, Malformed, invalid_parameter
from shared.kernel.ids import is_id
from shared.kernel.resource import Resource
from shared.records.access_scope import AccessScope
from shared.records.statistics import LARGEST
from shared.web.contract.route_options import Chosen, RouteOptions, Said, query_of
from shared.web.records.statistics import stored_response, too_many, who_is_counted
from shared.web.records.tables import CONTROLS, TABLE, as_table
from shared.web.request.paging import as_of, day_in, parameters_of
from shared.web.request.request_context import CurrentContext
from shared.web.request.responses import body_response
from shared.web.request.route import ResourceRouter

router = ResourceRouter(Resource("actions", "statistics", "statistic"), ROLES)
_CHANGING = ("result", "programme")
"""The counts that change whenever a value does: what a used indicator measures and the time of a period stay."""
_MOST_INDICATORS = 200
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_NUMBERS = ("value", "numerator", "denominator", "counts", "unit", "rule", "countries", "expected", "absent")
"""The members of a value in a table, after those that it is by."""
_KNOWN = (*domain.PLACES, domain.PERIOD)
_PARAMETERS: Said = {
    "indicator": f"Ids or codes of at most {_MOST_INDICATORS} indicators, separated by commas.",
    "period": "Only periods with these codes, separated by commas.",
    "from": "Only periods that start on this day or later.",
    "to": "Only periods that end on this day or before.",
    "step": Chosen("Only periods of this length.", tuple(FREQUENCIES)),
    "by": "By what there are values: `country`, `region`, `period` and the key of a dimension, separated by commas;"
    " default: one value of all.",
}


@router.get(
    "/values",
    options=RouteOptions(
        is_public=True,
        is_item=True,
        query=query_of("as_of", *CONTROLS, described={**_PARAMETERS, **TABLE}),
        problems=("not_aggregable",),
    ),
    operation_id="getResultValues",
    summary="Read what published results amount to, by country, region, period or part",
    responses={200: {"model": ResultValues}},
)
async def get_values(ctx: CurrentContext) -> Response:
    """Over the results that the caller may know of. The subjects of a country become one value, then countries by the
    rule `across` of the indicator, then periods by `over_time`; a weighted mean divides the sum of numerators by the
    sum of denominators; codes of a scale are counted. A result counts from its publication to its end, so that `as_of`
    repeats a value of the past."""
    access = ctx.access_on(RESULTS.resource)
    of_indicators, of_programmes = ctx.access_on(INDICATORS.resource), ctx.access_on(PROGRAMMES.resource)
    scopes = access, of_indicators, of_programmes

    async def form(connection: Connection) -> bytes:
        ids, codes, asked = _parse(ctx.request)
        found = await queries.named(connection, of_indicators, ids, codes)
        if not {*ids, *codes} <= {name for one in found for name in (one.id, one.code)}:
            raise invalid_parameter("indicator", "There is no such indicator.")
        _require_rules(found, asked)
        values = await queries.values(connection, access, found, asked)
        launched = await queries.expected(connection, of_programmes)
        if sum(map(len, values.values())) > LARGEST:
            raise too_many()
        return await asyncio.to_thread(_rendered, found, asked, values, launched, access)

    seen = tuple((one.access_kind, one.context, one.read) for one in scopes)
    response = body_response(ctx, *await stored_response(ctx, _CHANGING, SYSTEM_CONTEXT, seen, form))
    by = filter(None, parameters_of(ctx.request).get("by", "").split(","))
    return as_table(ctx, response, ("indicator", *by, *_NUMBERS))


def _rendered(
    found: Iterable[Indicator],
    asked: Asked,
    values: Mapping[str, Iterable[Row]],
    launched: Mapping[str, set[str]],
    access: AccessScope,
) -> bytes:
    items = [item for of in found for item in _items(of, asked, values.get(str(of.id), ()), _expected(of, launched))]
    definition = f"{who_is_counted('results', ('published',), access.access_kind)}."
    return orjson.dumps({"items": items, "as_of": asked.day or today(), "definition": definition})


def _parse(request: Request) -> tuple[list[UUID], list[str], Asked]:
    """The ids and the codes of the indicators, and what is asked for."""
    given = parameters_of(request)
    names = [name for name in given.get("indicator", "").split(",") if name]
    if not 1 <= len(names) <= _MOST_INDICATORS:
        raise invalid_parameter("indicator", f"From 1 to {_MOST_INDICATORS} indicators, separated by commas.")
    ids = {name: UUID(name) for name in names if is_id(name)}
    by = tuple(name for name in given.get("by", "").split(",") if name)
    parts = [name for name in by if name not in _KNOWN]
    if len(set(by)) < len(by) or len(parts) > 1 or not all(map(_KEY.fullmatch, parts)):
        raise invalid_parameter("by", f"Names of {', '.join(_KNOWN)} and the key of one dimension, each once.")
    if (step := given.get("step")) not in (None, *FREQUENCIES):
        raise invalid_parameter("step", f"One of {', '.join(FREQUENCIES)}.")
    codes = given["period"].split(",") if "period" in given else None
    first, last = (day_in(name, given[name]) if name in given else None for name in ("from", "to"))
    asked = Asked(Selection(codes, first, last, step), by, parts[0] if parts else None, as_of(request))
    return list(ids.values()), [name for name in names if name not in ids], asked


def _require_rules(found: Iterable[Indicator], asked: Asked) -> None:
    """Raises Malformed `not_aggregable` if an indicator has no rule by which its values become those."""
    if not all(domain.is_aggregable(of, asked.by, is_one_period=asked.selection.is_one) for of in found):
        detail = "An indicator has no rule for this; its values are by country and period."
        raise Malformed(detail, code="not_aggregable", errors=[FieldError("not_aggregable", detail, parameter="by")])


def _expected(of: Indicator, launched: Mapping[str, set[str]]) -> set[str]:
    return {of.country} if of.country is not None else launched.get(str(of.framework), set())


def _items(of: Indicator, asked: Asked, values: Iterable[Row], expected: set[str]) -> Iterator[dict[str, Any]]:
    """The values of an indicator as they are shown, in the order of their keys."""
    awaited = domain.expected_in(expected, asked.by)
    name, unit, rule = str(of.id), _written(of.unit), _written({"across": of.across, "over_time": of.over_time})
    by, first = tuple(enumerate(asked.by, 1)), 1 + len(asked.by)
    places = [n for n, key in by if key in domain.PLACES]
    last, is_coded, records = first + 5, of.measure in CODED, _records(of, asked)
    for row in sorted(map(tuple, values), key=lambda row: row[1:first]):
        number, numerator, denominator, known, reported = row[first:last]
        lacking = row[last : last + len(REASONS_MISSING)]
        awaiting = awaited.get(tuple([row[n] for n in places]), 0)
        is_complete = known >= awaiting and not any(lacking)
        item: dict[str, Any] = {"indicator": name}
        for n, key in by:
            item[key] = row[n] or None
        links = {"records": records and _within(records, item)}
        item["value"], item["numerator"], item["denominator"] = number, numerator, denominator
        item["counts"] = orjson.Fragment(row[-1] or "{}") if is_coded else None
        item["unit"], item["rule"] = unit, rule
        item["countries"], item["expected"] = reported, awaiting
        item["absent"] = {} if is_complete else _absent(lacking, awaiting - known)
        item["links"] = links
        yield item


def _written(value: object) -> orjson.Fragment:
    """The value as JSON, which is written once for all items."""
    return orjson.Fragment(orjson.dumps(value))


def _absent(lacking: Sequence[int], not_reported: int) -> dict[str, int]:
    """How many have no value, by why."""
    found = {why: count for why, count in zip(REASONS_MISSING, lacking, strict=True) if count}
    return found | ({"not_reported": not_reported} if not_reported > 0 else {})


def _records(of: Indicator, asked: Asked) -> str | None:
    """The list of the results of the indicator that count, if there is one."""
    if asked.day is not None or asked.selection.conditions.keys() - {"codes"}:
        return None
    chosen = {"indicator_id": of.id, "kind": "actual", "status": "published"}
    codes = asked.selection.codes if domain.PERIOD not in asked.by else None
    if codes:
        chosen["period"] = ",".join(codes)
    return f"{RESULTS.resource.path}?{urlencode(chosen, safe=',')}"


def _within(records: str, keys: Mapping[str, str | None]) -> str | None:
    """The part of a list with the results of one value, if there is one: no filter selects a missing region."""
    address = records
    for name in _KNOWN:
        if name in keys:
            value = keys[name]
            if value is None:
                return None
            address += f"&{name}={_quoted(value)}"
    return address


_quoted = lru_cache(4096)(quote)
