"""Values over HTTP: what the results of several countries, subjects and periods amount to."""

import asyncio
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import orjson
from fastapi import Request, Response

from services.actions.access import ROLES
from services.actions.aggregates import domain, queries
from services.actions.aggregates.domain import Measured, Value
from services.actions.aggregates.queries import MOST_RESULTS, MOST_WITH_PARTS, STEPS, Periods
from services.actions.aggregates.schemas import ResultValues
from services.actions.indicators.operations import INDICATORS
from services.actions.indicators.record import Indicator
from services.actions.programmes.operations import PROGRAMMES
from services.actions.results.operations import RESULTS
from services.actions.results.values import Amount, amount_in
from shared.database.statements import Row
from shared.kernel import decimals
from shared.kernel.clock import today
from shared.kernel.errors import FieldError, Malformed, invalid_parameter
from shared.kernel.resource import Resource
from shared.records.statistics import LARGEST
from shared.web.paging import as_of, day_in, parameters_of
from shared.web.request_context import CurrentContext
from shared.web.responses import document_response
from shared.web.route import ResourceRouter
from shared.web.route_options import RouteOptions, query_of
from shared.web.statistics import too_many, who_is_counted

router = ResourceRouter(Resource("actions", "statistics", "statistic"), ROLES)
_MOST_INDICATORS = 200
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_KNOWN = (*domain.PLACES, domain.PERIOD)
_PARAMETERS = {
    "indicator": f"Ids or codes of at most {_MOST_INDICATORS} indicators, separated by commas.",
    "period": "Only periods with these codes, separated by commas.",
    "from": "Only periods that start on this day or later.",
    "to": "Only periods that end on this day or before.",
    "step": f"Only periods of this length: {', '.join(STEPS)}.",
    "by": "By what there are values: `country`, `region`, `period` and the key of a dimension, separated by commas;"
    " default: one value of all.",
}


@dataclass(frozen=True, slots=True)
class _Asked:
    """Parsed parameters. `part` is the key of a dimension, if any."""

    ids: list[UUID]
    codes: list[str]
    periods: Periods
    by: tuple[str, ...]
    part: str | None
    day: date | None


@router.get(
    "/values",
    options=RouteOptions(
        is_public=True, is_item=True, query=query_of("as_of", described=_PARAMETERS), problems=("not_aggregable",)
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
    asked = _parse(ctx.request)
    access = ctx.access_on(RESULTS.resource)
    async with ctx.connection() as connection:
        found = await queries.named(connection, ctx.access_on(INDICATORS.resource), asked.ids, asked.codes)
        if not {*asked.ids, *asked.codes} <= {name for one in found for name in (one.id, one.code)}:
            raise invalid_parameter("indicator", "There is no such indicator.")
        _require_rules(found, asked)
        ids = [one.id for one in found]
        rows = await queries.results(
            connection, access, ids, asked.periods, asked.day, has_parts=asked.part is not None
        )
        expected = await queries.expected(connection, ctx.access_on(PROGRAMMES.resource))
    most = MOST_RESULTS if asked.part is None else MOST_WITH_PARTS
    if len(rows) > most:
        raise invalid_parameter("period", f"That would be of more than {most:,} results. Ask for fewer periods.")
    items = await asyncio.to_thread(_items, asked, found, rows, expected)
    if len(items) > LARGEST:
        raise too_many()
    definition = f"{who_is_counted('results', ('published',), access.access_kind)}."
    return document_response(ctx, {"items": items, "as_of": asked.day or today(), "definition": definition})


def _items(
    asked: _Asked, found: Iterable[Indicator], rows: Iterable[Row], expected: Mapping[str, set[str]]
) -> list[dict[str, Any]]:
    """The values of each indicator. Takes as long as there are results."""
    rows_of = domain.grouped(rows, itemgetter("indicator_id"))
    return [
        _shown(of, asked, value)
        for of in found
        for value in domain.values_of(
            of, _measured(of, rows_of.get(of.id, ()), asked.part), asked.by, _expected(of, expected)
        )
    ]


def _parse(request: Request) -> _Asked:
    given = parameters_of(request)
    names = [name for name in given.get("indicator", "").split(",") if name]
    if not 1 <= len(names) <= _MOST_INDICATORS:
        raise invalid_parameter("indicator", f"From 1 to {_MOST_INDICATORS} indicators, separated by commas.")
    ids = {name: UUID(name) for name in names if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", name)}
    by = tuple(name for name in given.get("by", "").split(",") if name)
    parts = [name for name in by if name not in _KNOWN]
    if len(set(by)) < len(by) or len(parts) > 1 or not all(map(_KEY.fullmatch, parts)):
        raise invalid_parameter("by", f"Names of {', '.join(_KNOWN)} and the key of one dimension, each once.")
    if (step := given.get("step")) not in (None, *STEPS):
        raise invalid_parameter("step", f"One of {', '.join(STEPS)}.")
    codes = given["period"].split(",") if "period" in given else None
    first, last = (day_in(name, given[name]) if name in given else None for name in ("from", "to"))
    periods = Periods(codes, first, last, step)
    wanted = [name for name in names if name not in ids]
    return _Asked(list(ids.values()), wanted, periods, by, parts[0] if parts else None, as_of(request))


def _require_rules(found: list[Indicator], asked: _Asked) -> None:
    """Raises Malformed `not_aggregable` if an indicator has no rule by which its values become those."""
    is_one_period = len(asked.periods.codes or ()) == 1
    if not all(domain.is_aggregable(of, asked.by, is_one_period=is_one_period) for of in found):
        detail = "An indicator has no rule for this; its values are by country and period."
        raise Malformed(detail, code="not_aggregable", errors=[FieldError("not_aggregable", detail, parameter="by")])


def _measured(of: Indicator, rows: Iterable[Row], part: str | None) -> Iterator[Measured]:
    for row in rows:
        subject = (row["country"], row["action_id"], row["centre_id"])
        about = (row["country"], subject, row["period"], row["ends"])
        if part is None:
            amount = Amount(row["value"], row["numerator"], row["denominator"])
            yield Measured(*about, None, domain.figure_of(amount, of.measure), row["code"], row["missing"])
            continue
        for one in orjson.loads(row["breakdown"]):
            if one["dimensions"].keys() == {part}:
                figure = domain.figure_of(amount_in(one), of.measure)
                yield Measured(*about, one["dimensions"][part], figure, None, None)


def _expected(of: Indicator, launched: Mapping[str, set[str]]) -> set[str]:
    return {of.country} if of.country is not None else launched.get(str(of.framework), set())


def _shown(of: Indicator, asked: _Asked, value: Value) -> dict[str, Any]:
    keys, figure = dict(zip(asked.by, value.key, strict=True)), value.figure
    numbers = {name: getattr(figure, name, None) for name in ("numerator", "denominator")}
    return {
        "indicator": str(of.id),
        **keys,
        "value": None if figure is None else decimals.to_text(figure.number),
        **{name: None if number is None else decimals.to_text(number) for name, number in numbers.items()},
        "counts": value.counts,
        "unit": of.unit,
        "rule": {"across": of.across, "over_time": of.over_time},
        "countries": value.countries,
        "expected": value.expected,
        "absent": value.absent,
        "links": {"records": _records(of, asked, keys)},
    }


def _records(of: Indicator, asked: _Asked, keys: Mapping[str, str | None]) -> str | None:
    """The list of the results of a value, if one contains them."""
    places = {name: keys[name] for name in _KNOWN if name in keys}
    if (
        asked.day is not None
        or asked.periods.first
        or asked.periods.last
        or asked.periods.step
        or None in places.values()
    ):
        return None
    codes = {"period": ",".join(asked.periods.codes)} if asked.periods.codes else {}
    chosen = {"indicator_id": of.id, "kind": "actual", "status": "published", **codes, **places}
    return f"{RESULTS.resource.path}?{urlencode(chosen, safe=',')}"
