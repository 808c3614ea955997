"""The feed over HTTP."""

from typing import Any

import orjson
from fastapi import Response
from sqlalchemy import Text, column

from services.access.access import ROLES
from services.access.notifying.feed import queries
from services.access.notifying.feed.domain import share_of, type_pattern
from services.access.notifying.feed.schemas import DEFAULT_LIMIT, LARGEST_LIMIT, PARAMETERS, EventPage
from shared.kernel.countries import known_codes
from shared.kernel.errors import Gone, Malformed, invalid_parameter
from shared.kernel.resource import Resource
from shared.web.contract.route_options import RouteOptions, query_of
from shared.web.request.paging import make_cursor, read_cursor
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.responses import JSON
from shared.web.request.route import ResourceRouter

router = ResourceRouter(Resource("access", "events", "event"), ROLES)
_BOUND_TO = b"/access/v1/events"
_KEYS: list[Any] = [column("position", Text)]
_DIGITS = 12
"""Positions are written in so many digits, so that a cursor's length does not disclose them."""


@router.get(
    "",
    options=RouteOptions(
        query=query_of("after", "type", "country", "limit"), problems=("position_expired", "invalid_cursor")
    ),
    operation_id="listEvents",
    summary="Follow what happens, in order and without gaps",
    responses={200: {"model": EventPage}},
    openapi_extra={"parameters": PARAMETERS},
)
async def list_events(ctx: CurrentContext) -> Response:
    """Facts of records that the caller's grants permit reading, stored for 90 days. `after` is valid for any filter."""
    after, types, countries, limit = _after(ctx), _types(ctx), _countries(ctx), _limit(ctx)
    async with ctx.connection() as connection:
        page = await queries.page(
            connection, share_of(ctx.principal), after=after, types=types, countries=countries, limit=limit
        )
    if page is None:
        raise Gone("Events of this position are no longer stored.", code="position_expired")
    upto = make_cursor([f"{page.upto:0{_DIGITS}d}"], _BOUND_TO, ctx.secret)
    return Response(
        orjson.dumps({"items": [fact.cloudevent() for fact in page.facts], "next_after": upto}), 200, None, JSON
    )


def _after(ctx: RequestContext) -> int | None:
    raw = _given(ctx, "after")
    return None if raw is None else int(read_cursor(raw, _BOUND_TO, ctx.secret, _KEYS)[0])


def _types(ctx: RequestContext) -> list[str] | None:
    if (raw := _given(ctx, "type")) is None:
        return None
    try:
        return [type_pattern(part) for part in raw.split(",")]
    except ValueError as error:
        raise invalid_parameter("type", f"Each {error}.") from error


def _countries(ctx: RequestContext) -> list[str] | None:
    if (raw := _given(ctx, "country")) is None:
        return None
    codes = raw.split(",")
    if not set(codes) <= known_codes(fictional=True):
        raise invalid_parameter("country", "Names an unknown country.")
    return codes


def _limit(ctx: RequestContext) -> int:
    raw = _given(ctx, "limit") or str(DEFAULT_LIMIT)
    if not (raw.isascii() and raw.isdigit() and len(raw) < 5 and 1 <= int(raw) <= LARGEST_LIMIT):
        raise invalid_parameter("limit", f"A whole number from 1 to {LARGEST_LIMIT}.")
    return int(raw)


def _given(ctx: RequestContext, name: str) -> str | None:
    found = ctx.request.query_params.getlist(name)
    if len(found) > 1:
        raise Malformed("A parameter is given twice.", code="invalid_parameter")
    return found[0] if found else None
