"""The report about retiring operations over HTTP."""

from datetime import date, datetime
from typing import Annotated

import orjson
from fastapi import Depends, Response
from pydantic import Field

from services.access.access import ROLES
from services.access.principals.clients.operations import CLIENTS
from services.access.principals.clients.routes import CLIENT_API
from services.access.principals.deprecations import queries
from shared.database.statements import Row
from shared.kernel.clock import to_text, today
from shared.web.contract.deprecation import PAGE
from shared.web.contract.fields import ResponseModel
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


class DeprecatedUsePage(ResponseModel):
    """The retiring operations that a client calls, those that end first before others; there is no next page."""

    items: Annotated[list[DeprecatedUse], "The operations."]
    next: Annotated[None, "Always null: there is no next page."] = None


router = ResourceRouter(CLIENTS.resource, ROLES)


@router.get("/{record}/deprecations", responses={200: {"model": DeprecatedUsePage}})
async def list_client_deprecations(row: Annotated[Row, Depends(CLIENT_API.readable)], ctx: CurrentContext) -> Response:
    """List the retiring operations that a client calls.

    Those of the last 30 days, also by keys of the client. A process counts a call within half a minute.
    """
    async with ctx.connection() as connection:
        found = await queries.of_client(connection, ctx.access.context, row["id"], today())
    return Response(orjson.dumps({"items": [_shown(one) for one in found], "next": None}), 200, None, JSON)


def _shown(found: Row) -> dict[str, object]:
    shown = {
        name: found[name] for name in ("operation", "service", "method", "path", "calls", "deprecated_on", "sunset")
    }
    return {**shown, "last_called": to_text(found["last_at"]), "link": PAGE}
