"""Calendars over HTTP. The address of a feed is returned once; the response stored for a replay has none."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Response

from services.actions.access import ROLES
from services.actions.coordination.calendars import domain, operations, queries
from services.actions.coordination.calendars.document import document
from services.actions.coordination.calendars.events import events_of
from services.actions.coordination.calendars.queries import LISTING
from services.actions.coordination.calendars.record import Calendar as CalendarRecord
from services.actions.coordination.calendars.schemas import Calendar, CalendarCreate
from services.actions.coordination.calendars.tables import calendar
from shared.auth.keys import InvalidToken
from shared.database.statements import Row
from shared.kernel.addresses import may_come_from
from shared.kernel.errors import NotFound
from shared.kernel.principal import PrincipalKind
from shared.records.access_scope import AccessScope
from shared.records.plain import presenter
from shared.records.requirements import require
from shared.records.rows import columns_of
from shared.web.contract.route_options import RouteOptions, query_of, query_of_list
from shared.web.contract.schemas import page_of
from shared.web.contract.values import row_values
from shared.web.request.conditional import refuse_stale
from shared.web.request.paging import list_response, members_of, pick_fields
from shared.web.request.request_context import CurrentContext
from shared.web.request.responses import body_response, item_response, key_of, show_secret_once
from shared.web.request.route import ResourceRouter

_KNOWN = members_of(Calendar)
_MEDIA_TYPE = "text/calendar; charset=utf-8"
_CONTENT = {200: {"description": "The events.", "content": {"text/calendar": {"schema": {"type": "string"}}}}}
_NO_KEY = "There is no such calendar."
_present = presenter(CalendarRecord, calendar)
router = ResourceRouter(operations.CALENDARS.resource, ROLES)


def present(row: Mapping[str, Any], access: AccessScope) -> dict[str, Any]:
    """The calendar without its address."""
    return {**_present(row, access), "url": None}


async def readable(record: str, ctx: CurrentContext) -> Row:
    """A calendar of the caller, or any for those who read all. Raises NotFound."""
    async with ctx.connection() as connection:
        row = await LISTING.get(connection, ctx.access, key_of(record))
    if row is None:
        raise NotFound(_NO_KEY)
    return row


_Readable = Annotated[Row, Depends(readable)]


@router.post("", options=RouteOptions(problems=("conflict",)), status_code=201, responses={201: {"model": Calendar}})
async def create_calendar(body: CalendarCreate, ctx: CurrentContext) -> Response:
    """Make a calendar to subscribe to.

    Its address is shown once and needs no token. The caller's right is asked each time that it is read.
    """
    new = operations.CALENDARS.new(row_values(body, calendar))
    made, key = await operations.create(ctx.uow, new)
    shown = present(columns_of(made), ctx.access)
    return show_secret_once(
        item_response(ctx, shown, status=201), {**shown, "url": f"{shown['links']['self']}/feed.ics?key={key}"}
    )


@router.get("", options=RouteOptions(query=query_of_list(LISTING)), responses={200: {"model": page_of(Calendar)}})
async def list_calendars(ctx: CurrentContext) -> Response:
    """List one's calendars.

    Those of the caller, in pages, without their addresses.
    """
    return await list_response(ctx, LISTING, present, _KNOWN, verbs=("create",), own=lambda _access: True)


@router.get(
    "/{record}", options=RouteOptions(is_item=True, query=query_of("fields")), responses={200: {"model": Calendar}}
)
async def get_calendar(row: _Readable, ctx: CurrentContext) -> Response:
    """Read one of one's calendars.

    The calendar without its address.
    """
    return item_response(ctx, present(row, ctx.access), fields=pick_fields(ctx.request, _KNOWN))


@router.delete("/{record}", options=RouteOptions(problems=("version_conflict",)), status_code=204)
async def end_calendar(row: _Readable, ctx: CurrentContext) -> Response:
    """End one of one's calendars.

    Its address is 404 from then on. A second call changes nothing. `If-Match` is compared if it is sent.
    """
    if row["owner_id"] not in ctx.principal.identities:
        require(ctx.access, "end", None)
    if row["status"] == "active":
        refuse_stale(ctx.request, present(row, ctx.access))
    await operations.end(ctx.uow, row["owner_id"], row["id"])
    return Response(status_code=204)


@router.get(
    "/{record}/feed.ics",
    options=RouteOptions(
        is_public=True, is_item=True, query=query_of(described={"key": "The key, which is part of the address."})
    ),
    operation_id="getCalendarFeed",
    summary="Read the events of a calendar, as iCalendar",
    response_model=None,
    response_class=Response,
    responses=_CONTENT,
)
async def get_feed(record: str, ctx: CurrentContext) -> Response:
    """The events that the calendar's owner may know of at this moment, of the last year and later, at most 2,000. An
    event keeps its `UID`; its `SEQUENCE` is the version of its record. What was dropped is `CANCELLED` for 90 days.
    Calendar programs send `If-None-Match`."""
    key = key_of(record)
    async with ctx.connection() as connection:
        found = await queries.subscribed(connection, key) if isinstance(key, UUID) else None
    if found is None or not domain.opens(ctx.request.query_params.get("key", ""), found.digest):
        raise NotFound(_NO_KEY)
    try:
        owner = await ctx.request.app.state.authenticator.principal_of_kind(
            PrincipalKind(found.owner_kind), found.owner_id
        )
    except InvalidToken:
        raise NotFound(_NO_KEY) from None
    if not may_come_from(ctx.request.client.host if ctx.request.client else "", owner.ip_allow):
        raise NotFound(_NO_KEY)
    async with ctx.connection() as connection:
        events = await events_of(connection, owner, found)
    body = document(events, f"ESCM {found.ref}", found.language, ctx.settings.issuer)
    response = body_response(ctx, body, media_type=_MEDIA_TYPE)
    response.headers["Cache-Control"] = "private, no-cache"
    return response
