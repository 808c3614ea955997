"""The register over HTTP: for everybody the same, as JSON, CSV, GeoJSON or JSON-LD."""

from typing import Any
from weakref import WeakKeyDictionary

import orjson
from fastapi import Response
from sqlalchemy import BigInteger, Date, Integer, Text, column

from services.centres.access import ROLES
from services.centres.register.register import queries
from services.centres.register.register.domain import (
    CONTEXT,
    DEFINITION,
    DISCLAIMER,
    FORMER_TOO,
    RegisteredCentre,
    feature,
    organization,
    registered,
)
from services.centres.register.register.queries import CHANGE_FILTERS, FILTERS, Asked
from services.centres.register.register.schemas import Register, RegisterChange, present_change
from services.centres.register.register.stored import Made, StoredRegister
from shared.bulk.blocks import CsvBlocks
from shared.bulk.exported_list import columns_of
from shared.database.context import AccessContext
from shared.database.pool import Database
from shared.database.statements import Row
from shared.kernel.clock import today
from shared.kernel.errors import invalid_parameter
from shared.kernel.geojson import MEDIA_TYPE as GEOJSON
from shared.kernel.resource import Resource
from shared.open_data.licences import licence_of
from shared.records.filters import chosen
from shared.web.contract.route_options import Chosen, RouteOptions, Said, query_of
from shared.web.contract.schemas import page_of
from shared.web.request.paging import as_of, cut, day_in, linked_page, page_after, page_limit, parameters_of, place_of
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.responses import JSON, LINKED_DATA
from shared.web.request.route import ResourceRouter
from shared.web.request.streams import switch

router = ResourceRouter(Resource("centres", "register", "registered_centre"), ROLES)
_STORED: WeakKeyDictionary[Database, StoredRegister] = WeakKeyDictionary()
_FILES = {"csv": "text/csv; charset=utf-8", "geojson": GEOJSON, "jsonld": LINKED_DATA}
_FORMATS = ("json", *_FILES)
_COLUMNS = columns_of(RegisteredCentre.__annotations__)
_CENTRE: list[Any] = [column("country", Text), column("registration_number", Text)]
_PLACE: list[Any] = [column("recorded_on", Date), column("position", BigInteger), column("place", Integer)]
_DESCRIBED: Said = {
    "former": Chosen("`true`: also centres that were suspended, expired or closed.", ("true", "false")),
    "bom": "With CSV, whether it begins with the mark by which Excel knows UTF-8; default: `false`.",
    "format": Chosen("`json` (default) in pages; `csv`, `geojson` or `jsonld` with the whole register.", _FORMATS),
}
_CONTENT = {
    "text/csv": {"schema": {"type": "string"}},
    GEOJSON: {"schema": {"type": "object"}},
    LINKED_DATA: {"schema": {"type": "object"}},
}


@router.get(
    "",
    options=RouteOptions(
        is_public=True, query=query_of("as_of", "limit", "cursor", filters=FILTERS.values(), described=_DESCRIBED)
    ),
    operation_id="getRegister",
    summary="Read the register of centres as it was at the end of a day",
    responses={200: {"model": Register, "content": _CONTENT}},
)
async def get_register(ctx: CurrentContext) -> Response:
    """By country and registration number; a day before the first entry is empty. A response about a past day never
    changes, except for the names of directors: they are the present ones, and null for experts who are not public
    now."""
    file_format, asked = _parse(ctx)

    async def make() -> Made:
        return await _made(ctx, file_format, asked)

    stored = _STORED.setdefault(ctx.read_database, StoredRegister())
    key = (ctx.request.scope["query_string"], ctx.principal.sandbox, asked.day)
    body, following = await stored.get(ctx.read_database, _context(ctx), key, make)
    headers = {"Link": f'<{following}>; rel="next"'} if following else {}
    if file_format in _FILES:
        headers["Content-Disposition"] = f'inline; filename="register-{asked.day}.{file_format}"'
        headers["Link"] = licence_of(ctx.settings.data_licence).link
    return Response(body, 200, headers, _FILES.get(file_format, JSON))


@router.get(
    "/changes",
    options=RouteOptions(
        is_public=True,
        query=query_of(
            "limit",
            "cursor",
            filters=CHANGE_FILTERS.values(),
            described={"after": "Only changes after this day, YYYY-MM-DD."},
        ),
    ),
    operation_id="listRegisterChanges",
    summary="List the changes of the register",
    responses={200: {"model": page_of(RegisterChange)}},
)
async def list_changes(ctx: CurrentContext) -> Response:
    """The earliest first. `designated` is the day from which the register shows the centre. A change from one director
    to another is left out if neither is public now."""
    given = parameters_of(ctx.request)
    since = day_in("after", given["after"]) if "after" in given else None
    limit, after = page_limit(given.get("limit")), place_of(ctx, given.get("cursor"), _PLACE)
    filters = chosen(CHANGE_FILTERS, given)
    async with ctx.connection() as connection:
        found = await queries.changes(connection, _context(ctx), filters, since, after, limit)
        rows, following = cut(ctx, found, limit, lambda row: [row["recorded_on"], row["position"], row["place"]])
        names, _ = await queries.directors(connection, _context(ctx), _directors_in(rows))
    lines = [present_change(row, names) for row in rows]
    shown = [line for line in lines if line["change"] != "director_changed" or line["from"] != line["to"]]
    return linked_page({"items": shown, "next": following}, following)


def _context(ctx: RequestContext) -> AccessContext:
    """What everybody may read; in the sandbox that of fictional countries."""
    return ctx.access.context if ctx.principal.sandbox else queries.PUBLIC


def _parse(ctx: RequestContext) -> tuple[str, Asked]:
    given = parameters_of(ctx.request)
    file_format = given.get("format", "json")
    if file_format not in _FORMATS:
        raise invalid_parameter("format", f"One of {', '.join(_FORMATS)}.")
    if "bom" in given and file_format != "csv":
        raise invalid_parameter("bom", "Requires format=csv.")
    if given.get("former", "false") not in ("true", "false"):
        raise invalid_parameter("former", "true or false.")
    if file_format in _FILES and (paged := given.keys() & {"limit", "cursor"}):
        raise invalid_parameter(min(paged), "A file has the whole register.")
    place = place_of(ctx, given.get("cursor"), _CENTRE)
    return file_format, Asked(
        day=as_of(ctx.request) or today(),
        filters=chosen(FILTERS, given),
        former=given.get("former") == "true",
        limit=None if file_format in _FILES else page_limit(given.get("limit")),
        after=(place[0], place[1]) if place else None,
    )


async def _made(ctx: RequestContext, file_format: str, asked: Asked) -> Made:
    context = _context(ctx)
    async with ctx.connection() as connection:
        rows = await queries.register(connection, context, asked)
        page = rows[: asked.limit]
        named = {row["shown"]["director_id"] for row in page} - {None}
        directors, experts = await queries.directors(connection, context, named)
    centres = [registered(queries.of_day(row), directors) for row in page]
    last = [page[-1][name] for name in ("country", "registration_number")] if len(rows) > len(page) else None
    following = page_after(ctx, last) if last else None
    return Made(_rendered(ctx, file_format, asked, centres, following), following, experts)


def _rendered(
    ctx: RequestContext, file_format: str, asked: Asked, centres: list[RegisteredCentre], following: str | None
) -> bytes:
    """The response in its format."""
    about = {
        "as_of": asked.day,
        "definition": DEFINITION.format(former=FORMER_TOO if asked.former else ""),
        "disclaimer": DISCLAIMER,
    }
    match file_format:
        case "csv":
            blocks = CsvBlocks(_COLUMNS, safe=True, bom=switch(ctx.request.query_params, "bom", default=False))
            return blocks.head + blocks.block(centres)
        case "geojson":
            return orjson.dumps({"type": "FeatureCollection", "features": [feature(one) for one in centres], **about})
        case "jsonld":
            graph = [organization(one, ctx.settings.issuer) for one in centres]
            return orjson.dumps({"@context": CONTEXT, "@graph": graph})
    return orjson.dumps({"items": centres, "next": following, **about})


def _directors_in(rows: list[Row]) -> set[str]:
    """The directors before and after the changes of directors."""
    lines = [row["value"] for row in rows if row["value"]["change"] == "director_changed"]
    return {one for line in lines for one in (line["from"], line["to"]) if one}
