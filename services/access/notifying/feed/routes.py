"""The feed over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from functools import partial

import orjson
from fastapi import FastAPI, Response

from services.access.access import ROLES
from services.access.notifying.feed import queries
from services.access.notifying.feed.domain import MOST_RECORDS, Choice, Share, share_of, type_pattern
from services.access.notifying.feed.event_types import event_types
from services.access.notifying.feed.positions import position_of, position_text
from services.access.notifying.feed.queries import Page
from services.access.notifying.feed.schemas import (
    AT,
    DEFAULT_LIMIT,
    LARGEST_LIMIT,
    LONGEST_RECORD,
    LONGEST_WAIT,
    PARAMETERS,
    EventPage,
    EventPosition,
    EventTypePage,
)
from services.access.notifying.feed.tail import Tail
from services.access.notifying.feed.taking import may_take
from shared.kernel.clock import now
from shared.kernel.countries import known_codes
from shared.kernel.errors import Gone, Malformed, invalid_parameter
from shared.kernel.resource import Resource
from shared.messaging.supervision import end, keep_running
from shared.web.contract.route_options import RouteOptions, query_of
from shared.web.request.paging import instant_in
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.responses import JSON
from shared.web.request.route import ResourceRouter

router = ResourceRouter(Resource("access", "events", "event"), ROLES)
types_router = ResourceRouter(Resource("access", "event_types", "event_type"), ROLES)


@asynccontextmanager
async def feed_tail(app: FastAPI) -> AsyncIterator[None]:
    """Provides `app.state.feed_tail` while the app runs."""
    tail = app.state.feed_tail = Tail(app.state.database, app.state.settings.redis_url)
    readiness = app.state.readiness
    work = {"feed": lambda: tail.run(lambda: readiness.is_draining), "feed_notices": tail.listen}
    running = [asyncio.create_task(keep_running(name, each), name=name) for name, each in work.items()]
    try:
        yield
    finally:
        await end(running)


@router.get(
    "",
    options=RouteOptions(
        query=query_of("after", "type", "country", "record", "limit", "wait"),
        problems=("position_expired", "invalid_cursor"),
    ),
    operation_id="listEvents",
    summary="Follow what happens, in order and without gaps",
    responses={200: {"model": EventPage}},
    openapi_extra={"parameters": PARAMETERS},
)
async def list_events(ctx: CurrentContext) -> Response:
    """Facts of records that the caller's grants permit reading, stored for 90 days. `after` is valid for any filter.
    With `wait` the response comes as soon as there is a newer event of these, or after so many seconds without one."""
    after, choice, limit, wait = _after(ctx), _choice(ctx), _limit(ctx), _wait(ctx)
    share = share_of(ctx.principal)
    tail: Tail = ctx.request.app.state.feed_tail
    with (
        tail.wait_as(ctx.principal.owner_key if wait else "") as may_wait,
        tail.follow(partial(may_take, share, choice)) as follower,
    ):
        page = await _page(ctx, share, choice, after, limit)
        if wait and may_wait:
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    page = await _something(ctx, share, choice, page, limit, follower.woken)
    body = {"items": [fact.cloudevent() for fact in page.facts], "next_after": _text_of(ctx, page.upto)}
    return Response(orjson.dumps(body), 200, None, JSON)


@router.get("/position", options=RouteOptions(query=query_of(described={"at": AT})), response_model=EventPosition)
async def get_event_position(ctx: CurrentContext) -> Response:
    """Find where the feed was at an instant.

    Every event of after that instant is after the position. It is that of now by default, and the beginning of the feed
    for an instant before it.
    """
    async with ctx.connection() as connection:
        position = await queries.position_at(connection, _at(ctx))
    return Response(orjson.dumps({"after": _text_of(ctx, position)}), 200, None, JSON)


@types_router.get("", options=RouteOptions(is_public=True), response_model=EventTypePage)
async def list_event_types(_ctx: CurrentContext) -> Response:
    """List the types of events.

    What happens to records, as the feed and webhooks report it, each type with the schema and a sample of its events.
    """
    return Response(orjson.dumps({"items": event_types()}), 200, None, JSON)


async def _something(
    ctx: RequestContext, share: Share, choice: Choice, page: Page, limit: int, woken: asyncio.Event
) -> Page:
    """The next page that is not empty, or that is not the last one; an empty one as well once the process stops."""
    while not page.facts and page.is_last and not ctx.request.app.state.readiness.is_draining:
        await woken.wait()
        woken.clear()
        page = await _page(ctx, share, choice, page.upto, limit)
    return page


async def _page(ctx: RequestContext, share: Share, choice: Choice, after: int | None, limit: int) -> Page:
    async with ctx.connection() as connection:
        page = await queries.page(connection, share, choice, after=after, limit=limit)
    if page is None:
        raise Gone("Events of this position are no longer stored.", code="position_expired")
    return page


def _text_of(ctx: RequestContext, position: int) -> str:
    return position_text(position, ctx.secret)


def _after(ctx: RequestContext) -> int | None:
    raw = _given(ctx, "after")
    return None if raw is None else position_of(raw, ctx.secret)


def _choice(ctx: RequestContext) -> Choice:
    return Choice(_types(ctx), _countries(ctx), _records(ctx))


def _types(ctx: RequestContext) -> tuple[str, ...] | None:
    if (raw := _given(ctx, "type")) is None:
        return None
    try:
        return tuple(type_pattern(part) for part in raw.split(","))
    except ValueError as error:
        raise invalid_parameter("type", f"Each {error}.") from error


def _countries(ctx: RequestContext) -> tuple[str, ...] | None:
    if (raw := _given(ctx, "country")) is None:
        return None
    codes = tuple(raw.split(","))
    if not set(codes) <= known_codes(fictional=True):
        raise invalid_parameter("country", "Names an unknown country.")
    return codes


def _records(ctx: RequestContext) -> tuple[str, ...] | None:
    if (raw := _given(ctx, "record")) is None:
        return None
    records = tuple(raw.split(","))
    if len(records) > MOST_RECORDS or not all(0 < len(each) <= LONGEST_RECORD for each in records):
        raise invalid_parameter("record", f"At most {MOST_RECORDS} ids or refs.")
    return records


def _limit(ctx: RequestContext) -> int:
    return _number(ctx, "limit", DEFAULT_LIMIT, 1, LARGEST_LIMIT)


def _wait(ctx: RequestContext) -> int:
    return _number(ctx, "wait", 0, 0, LONGEST_WAIT)


def _number(ctx: RequestContext, name: str, default: int, least: int, most: int) -> int:
    raw = _given(ctx, name)
    if raw is None:
        return default
    if not (raw.isascii() and raw.isdigit() and len(raw) < 5 and least <= int(raw) <= most):
        raise invalid_parameter(name, f"A whole number from {least} to {most}.")
    return int(raw)


def _at(ctx: RequestContext) -> datetime:
    raw = _given(ctx, "at")
    return now() if raw is None else instant_in("at", raw)


def _given(ctx: RequestContext, name: str) -> str | None:
    found = ctx.request.query_params.getlist(name)
    if len(found) > 1:
        raise Malformed("A parameter is given twice.", code="invalid_parameter")
    return found[0] if found else None
