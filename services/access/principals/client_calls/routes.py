"""What clients call, and the report about retiring operations, over HTTP."""

from datetime import date, datetime, timedelta
from typing import Annotated

import orjson
from fastapi import Depends, Response
from pydantic import Field

from services.access.access import ROLES
from services.access.principals.client_calls import queries
from services.access.principals.clients.guards import with_clients_of_contact
from services.access.principals.clients.operations import CLIENTS
from services.access.principals.clients.routes import CLIENT_API
from shared.database.statements import Row
from shared.kernel.clock import to_text, today
from shared.web.contract.deprecation import PAGE
from shared.web.contract.fields import ResponseModel
from shared.web.contract.route_options import RouteOptions, query_of
from shared.web.request.paging import cut, day_of, linked_page, page_limit, parameters_of, place_of
from shared.web.request.request_context import CurrentContext
from shared.web.request.responses import JSON
from shared.web.request.route import ResourceRouter


class DeprecatedUse(ResponseModel):
    """A retiring operation that a client, or a key of it, called in the last 30 days."""

    operation: Annotated[str, Field(examples=["listExperts"]), "The id of the operation in the contract."]
    service: Annotated[str, Field(examples=["membership"]), "Its service."]
    method: Annotated[str, Field(examples=["GET"]), "Its method."]
    path: Annotated[str, Field(examples=["/membership/v1/experts"]), "Its path."]
    calls: Annotated[int, Field(examples=[128]), "How often it was called."]
    last_called: Annotated[datetime, "When it was last called."]
    deprecated_on: Annotated[date, "The day from which it is deprecated."]
    sunset: Annotated[date, "The day of its end."]
    link: Annotated[str, Field(examples=[PAGE]), "What to do."]


class ClientUse(ResponseModel):
    """What a client, and its keys, called of an operation on a day."""

    day: Annotated[date, "The day, in UTC."]
    operation: Annotated[str, Field(examples=["listExperts"]), "The id of the operation in the contract."]
    service: Annotated[str, Field(examples=["membership"]), "Its service."]
    method: Annotated[str, Field(examples=["GET"]), "Its method."]
    path: Annotated[str, Field(examples=["/membership/v1/experts"]), "Its path."]
    calls: Annotated[int, Field(examples=[128]), "How often it was called."]
    failures: Annotated[int, Field(examples=[3]), "How many of these calls got a problem: a status of 400 or more."]
    last: Annotated[datetime, "When it was last called."]


class ClientUsePage(ResponseModel):
    """What a client called, the newest day first."""

    items: Annotated[list[ClientUse], "One for each day and operation."]
    next: Annotated[str | None, "The address of the next page; null on the last one."] = None


class DeprecatedUsePage(ResponseModel):
    """The retiring operations that a client calls, those that end first before others; there is no next page."""

    items: Annotated[list[DeprecatedUse], "The operations."]
    next: Annotated[None, "Always null: there is no next page."] = None


router = ResourceRouter(CLIENTS.resource, ROLES, dependencies=[Depends(with_clients_of_contact)])


@router.get("/{record}/deprecations", responses={200: {"model": DeprecatedUsePage}})
async def list_client_deprecations(row: Annotated[Row, Depends(CLIENT_API.readable)], ctx: CurrentContext) -> Response:
    """List the retiring operations that a client calls.

    Those of the last 30 days, also by keys of the client. A process counts a call within half a minute.
    """
    async with ctx.connection() as connection:
        found = await queries.retiring(connection, ctx.access.context, row["id"], today())
    return Response(orjson.dumps({"items": [_shown(one) for one in found], "next": None}), 200, None, JSON)


@router.get(
    "/{record}/usage",
    options=RouteOptions(
        query=query_of(
            "limit",
            "cursor",
            described={
                "from": "The first day; default: 29 days before the last.",
                "to": "The last day; default: today.",
            },
        )
    ),
    responses={200: {"model": ClientUsePage}},
)
async def list_client_usage(row: Annotated[Row, Depends(CLIENT_API.readable)], ctx: CurrentContext) -> Response:
    """List what a client calls.

    By day and operation, also by keys of the client, of the last 90 days. A process counts a call within half a minute.
    """
    given = parameters_of(ctx.request)
    limit, after = page_limit(given.get("limit")), place_of(ctx, given.get("cursor"), queries.PLACE)
    last = day_of("to", given["to"]) if "to" in given else today()
    first = day_of("from", given["from"]) if "from" in given else last - timedelta(days=queries.RECENT - 1)
    async with ctx.connection() as connection:
        rows = await queries.usage(connection, ctx.access.context, row["id"], (first, last), after, limit + 1)
    shown, following = cut(ctx, rows, limit, lambda one: [one[column.name] for column in queries.PLACE])
    items = [{**one, "day": one["day"].isoformat(), "last": to_text(one["last"])} for one in map(dict, shown)]
    return linked_page({"items": items, "next": following}, following)


def _shown(found: Row) -> dict[str, object]:
    shown = {
        name: found[name] for name in ("operation", "service", "method", "path", "calls", "deprecated_on", "sunset")
    }
    return {**shown, "last_called": to_text(found["last"]), "link": PAGE}
