"""The coverage of a scheme over HTTP."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Response

from services.actions.access import ROLES
from services.actions.classification.codes import queries as codes
from services.actions.classification.codes.routes import PAGE_OF_CODES, page_of_codes
from services.actions.classification.codes.schemas import present_code
from services.actions.classification.codes.tables import tag
from services.actions.classification.mappings.queries import related
from services.actions.classification.schemes.routes import SCHEME_API
from services.actions.measurement.indicators.record import Indicator
from services.actions.measurement.results.record import Result
from services.actions.overview.coverage import queries
from services.actions.overview.coverage.domain import MOST_ORPHANS, RELATIONS, counted, split
from services.actions.overview.coverage.latest import latest
from services.actions.overview.coverage.schemas import Coverage
from shared.database.statements import Row
from shared.records.filters import countries, one_of, parsed, values
from shared.web.contract.route_options import RouteOptions, query_of
from shared.web.request.paging import linked_page, parameters_of
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.route import ResourceRouter

router = ResourceRouter(SCHEME_API.kind.resource, ROLES)
Readable = Annotated[Row, Depends(SCHEME_API.readable)]
_CHOSEN = {
    each.name: each
    for each in (
        countries(tag.c.country),
        values("via", tag.c.code, "Relations by which records of mapped codes count, too", one_of(RELATIONS)),
    )
}
_PARAMETERS = {**PAGE_OF_CODES, "period": "Results of the periods with this code, such as 2026."}
_NOTHING = {source.resource.plural: 0 for source in queries.SOURCES}


@router.get(
    "/{record}/coverage",
    options=RouteOptions(
        is_public=True, query=query_of("limit", "cursor", filters=_CHOSEN.values(), described=_PARAMETERS)
    ),
    responses={200: {"model": Coverage}},
)
async def get_scheme_coverage(scheme: Readable, ctx: CurrentContext) -> Response:
    """Read which records have the codes of an edition.

    How many records have each code or one below it, and the latest values of their indicators, among what the caller
    may know of.
    """
    relations = _parsed(ctx, "via")
    limits = queries.Limits(_parsed(ctx, "country") or None, parameters_of(ctx.request).get("period"))
    rows, following = await page_of_codes(ctx, scheme)
    async with ctx.connection() as connection:
        parents = await codes.parents(connection, ctx.access.context, scheme["id"])
        mapped = await related(connection, ctx.access.context, scheme["code"], relations)
    alone, several = split(counted(scheme["code"], parents, mapped, {row["code"] for row in rows}))
    schemes = {scheme["code"], *(one.scheme for one in alone)}
    numbers: Mapping[str, dict[str, int]] = defaultdict(lambda: dict(_NOTHING))
    orphans: Mapping[str, dict[str, int]] = defaultdict(lambda: dict(_NOTHING))
    for source in queries.SOURCES:
        access, name = ctx.access_on(source.resource), source.resource.plural
        async with ctx.connection() as connection:
            found = await queries.by_code(connection, access, source, schemes, limits)
            merged = await queries.together(connection, access, source, several, limits) if several else {}
        for target, records in {**{one.target: found.get(one[1:], 0) for one in alone}, **merged}.items():
            numbers[target][name] = records
        lacking = [code for of, code in found if of == scheme["code"] and code not in parents]
        for code in lacking[:MOST_ORPHANS]:
            orphans[code][name] = found[scheme["code"], code]
    scopes = ctx.access_on(Indicator.resource_type), ctx.access_on(Result.resource_type)
    async with ctx.connection() as connection:
        values = await latest(connection, *scopes, (*alone, *several), limits)
    via: Mapping[str, list[dict[str, Any]]] = defaultdict(list)
    for code, other, relation in mapped:
        via[code].append({**other, "relation": relation})
    body = {
        "items": [
            {
                **present_code(row),
                **numbers[row["code"]],
                "latest": values.get(row["code"], []),
                "via": via[row["code"]],
            }
            for row in rows
        ],
        "orphans": [{"code": code, **records} for code, records in orphans.items()],
        "next": following,
    }
    return linked_page(body, following)


def _parsed(ctx: RequestContext, name: str) -> list[str]:
    """The values of a parameter; none if it is absent. Raises Malformed `invalid_parameter`."""
    raw = parameters_of(ctx.request).get(name)
    return [] if raw is None else parsed(_CHOSEN[name], raw)
