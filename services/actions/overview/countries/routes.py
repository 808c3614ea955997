"""Countries over HTTP: each has an address, with stage 0 if it has no records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import orjson
from fastapi import Request, Response
from sqlalchemy import Text, column

from services.actions.access import ROLES
from services.actions.overview.countries import queries
from services.actions.overview.countries.domain import RUNGS, stage_on
from services.actions.overview.countries.operations import COUNTRIES as RESOURCE
from services.actions.overview.countries.record import CountryStage
from services.actions.overview.countries.reporting import owed_reports
from services.actions.overview.countries.schemas import (
    CountryAnswer,
    ListedCountry,
    present,
    present_programme,
    present_reports,
)
from services.actions.plan.actions.operations import ACTIONS
from services.actions.plan.programmes.operations import PROGRAMMES
from services.actions.reporting.reports.operations import REPORTS
from shared.kernel.clock import today
from shared.kernel.countries import COUNTRIES, FICTIONAL_CODES, GROUPS, in_region, known_codes
from shared.kernel.errors import NotFound, invalid_parameter
from shared.kernel.geojson import DISCLAIMER, MEDIA_TYPE, feature, points
from shared.kernel.text import search_key, search_pattern
from shared.web.contract.route_options import Chosen, RouteOptions, Said, query_of
from shared.web.contract.schemas import page_of
from shared.web.request.conditional import etag, is_known
from shared.web.request.paging import as_of, linked_page, members_of, page_after, page_limit, pick_fields, place_of
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.responses import JSON
from shared.web.request.route import ResourceRouter

router = ResourceRouter(RESOURCE, ROLES)
_KEYS: list[Any] = [column("code", Text)]
_DESCRIBED: Said = {
    "stage": "Only countries of these stages, 0 to 7, separated by commas.",
    "group": Chosen(
        "Only least developed countries, landlocked developing countries or small island developing States.", GROUPS
    ),
    "format": Chosen("`json` (default) in pages; `geojson` with all of them on a map.", ("json", "geojson")),
}


@dataclass(frozen=True, slots=True)
class _Asked:
    """The requested list. `day` is None without `as_of`; a map has all countries."""

    codes: frozenset[str]
    stages: frozenset[int]
    descending: bool
    limit: int
    after: str | None
    day: date | None
    is_map: bool


@router.get(
    "",
    options=RouteOptions(
        is_public=True,
        query=query_of("country", "region", "q", "as_of", "sort", "limit", "cursor", "fields", described=_DESCRIBED),
    ),
    operation_id="listCountries",
    summary="List countries with their stage",
    responses={200: {"model": page_of(ListedCountry), "content": {MEDIA_TYPE: {"schema": {"type": "object"}}}}},
)
async def list_countries(ctx: CurrentContext) -> Response:
    """In the order of codes. `as_of` is a day: the facts are those of that day, also if they were lost since; experts,
    institutions and centres are counted by their state at its end."""
    asked = _parse(ctx)
    picked = pick_fields(ctx.request, members_of(ListedCountry))
    day = asked.day or today()
    async with ctx.connection() as connection:
        stages = await queries.stages(connection, ctx.access, asked.codes, asked.day)
        chosen = [code for code in sorted(asked.codes, reverse=asked.descending) if _stands(asked, stages, code, day)]
        page = chosen if asked.is_map else chosen[: asked.limit]
        counts = await queries.counts(connection, ctx.principal, page, asked.day)
    items = [_listed(ctx, code, stages.get(code), counts[code], day) for code in page]
    if picked is not None:
        items = [{name: value for name, value in item.items() if name in picked} for item in items]
    if asked.is_map:
        return _map(page, items)
    following = page_after(ctx, [page[-1]]) if len(chosen) > len(page) else None
    return linked_page({"items": items, "next": following}, following)


@router.get(
    "/{code}",
    options=RouteOptions(is_public=True, is_item=True, query=query_of("as_of", "fields")),
    operation_id="getCountry",
    summary="Read the stage of one country",
    responses={200: {"model": CountryAnswer}},
)
async def get_country(code: str, ctx: CurrentContext) -> Response:
    """Seven facts, the stage that they lead to, the programme, the reports that are owed and the counts. `programme`
    and `reports` are those of today: with a past day as `as_of` they are null."""
    if code not in _known(ctx):
        raise NotFound("There is no country of this code.")
    asked = as_of(ctx.request)
    picked = pick_fields(ctx.request, members_of(CountryAnswer))
    async with ctx.connection() as connection:
        stage = (await queries.stages(connection, ctx.access, [code], asked)).get(code)
        counts = await queries.counts(connection, ctx.principal, [code], asked)
        record = _listed(ctx, code, stage, counts[code], asked or today())
        is_past = asked is not None and asked < today()
        programmes = ctx.access_on(PROGRAMMES.resource)
        programme = None if is_past else await queries.latest_programme(connection, programmes, code)
        record |= {"programme": None, "reports": None}
        if not is_past:
            of_reports = ctx.access_on(REPORTS.resource)
            owed = await owed_reports(connection, programmes, of_reports, code, today())
            record["reports"] = present_reports(owed)
        if programme is not None:
            actions = ctx.access_on(ACTIONS.resource)
            states = await queries.pillar_states(connection, actions, programme.id)
            centre = programme.centre_id
            shows_centre = centre is not None and await queries.knows_centre(connection, ctx.principal, centre)
            record["programme"] = present_programme(programme, states, shows_centre=shows_centre)
    if picked is not None:
        record = {name: value for name, value in record.items() if name in picked}
    body = orjson.dumps(record)
    tag = etag(stage.version if stage else 0, body)
    if is_known(ctx.request, tag):
        return Response(status_code=304, headers={"ETag": tag})
    return Response(body, 200, {"ETag": tag}, JSON)


def _map(codes: Sequence[str], items: Sequence[Mapping[str, Any]]) -> Response:
    """Countries as GeoJSON, each at one place; fictional ones are at none."""
    places = [[place] if (place := COUNTRIES[code].place) else [] for code in codes]
    features = [feature(code, points(place), item) for code, place, item in zip(codes, places, items, strict=True)]
    body = orjson.dumps({"type": "FeatureCollection", "disclaimer": DISCLAIMER, "features": features})
    return Response(body, 200, {"Content-Disposition": 'inline; filename="countries.geojson"'}, MEDIA_TYPE)


def _listed(
    ctx: RequestContext, code: str, stage: CountryStage | None, counts: dict[str, int], day: date
) -> dict[str, Any]:
    is_covered = not ctx.principal.is_anonymous and ctx.access.sees_all_fields(code, None)
    return present(COUNTRIES[code], stage, counts, day, is_covered=is_covered)


def _stands(asked: _Asked, stages: dict[str, CountryStage], code: str, day: date) -> bool:
    if asked.after is not None and (code >= asked.after if asked.descending else code <= asked.after):
        return False
    return not asked.stages or stage_on(stages.get(code), day) in asked.stages


def _parse(ctx: RequestContext) -> _Asked:
    query = ctx.request.query_params
    codes = _known(ctx)
    if (raw := query.get("country")) is not None:
        wanted = frozenset(raw.split(","))
        if not wanted <= codes:
            raise invalid_parameter("country", "Names an unknown country.")
        codes = wanted
    if (raw := query.get("region")) is not None:
        if not in_region(raw):
            raise invalid_parameter("region", "Not a region of UN M49.")
        codes &= in_region(raw)
    if (raw := query.get("group")) is not None:
        if raw not in GROUPS:
            raise invalid_parameter("group", f"One of {', '.join(GROUPS)}.")
        codes &= frozenset(code for code in codes if raw in COUNTRIES[code].groups)
    if (raw := query.get("q")) is not None:
        if (pattern := search_pattern(raw)) is None:
            raise invalid_parameter("q", "The text has nothing to search for.")
        codes &= frozenset(code for code, key in _search_keys().items() if pattern.strip("%") in key)
    sort = query.get("sort", "code")
    if sort.removeprefix("-") != "code":
        raise invalid_parameter("sort", "Sort by code, with - for descending.")
    is_map = _is_map(query)
    place = place_of(ctx, query.get("cursor"), _KEYS)
    after = None if place is None else place[0]
    limit, day = page_limit(query.get("limit")), as_of(ctx.request)
    return _Asked(codes, _stages(ctx.request), sort.startswith("-"), limit, after, day, is_map)


def _is_map(query: Mapping[str, str]) -> bool:
    if query.get("format", "json") not in ("json", "geojson"):
        raise invalid_parameter("format", "One of json, geojson.")
    is_map = query.get("format") == "geojson"
    if is_map and (paged := query.keys() & {"limit", "cursor"}):
        raise invalid_parameter(min(paged), "A map has all countries.")
    return is_map


def _stages(request: Request) -> frozenset[int]:
    raw = request.query_params.get("stage")
    if raw is None:
        return frozenset()
    rungs = {str(rung): rung for rung in range(len(RUNGS) + 1)}
    if not set(raw.split(",")) <= set(rungs):
        raise invalid_parameter("stage", f"Stages from 0 to {len(RUNGS)}, separated by commas.")
    return frozenset(rungs[part] for part in raw.split(","))


def _known(ctx: RequestContext) -> frozenset[str]:
    known = known_codes(fictional=ctx.settings.fictional_countries)
    return known & FICTIONAL_CODES if ctx.principal.sandbox else known


@cache
def _search_keys() -> dict[str, str]:
    return {code: search_key(code, *country.names.values()) for code, country in COUNTRIES.items()}
