"""Periods over HTTP: the routes of every record, and the extensions of one period."""

from typing import Annotated

import orjson
from fastapi import Depends, Response

from services.actions.access import ROLES
from services.actions.measurement.periods import operations, queries, record
from services.actions.measurement.periods.schemas import (
    Extension,
    ExtensionCreate,
    ExtensionPage,
    Period,
    PeriodBody,
    PeriodCreate,
    present,
    present_extension,
)
from shared.database.statements import Row
from shared.records.rows import record_read
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi, Steps
from shared.web.request.error_mapping import register_constraint
from shared.web.request.paging import linked_page
from shared.web.request.request_context import CurrentContext
from shared.web.request.responses import JSON
from shared.web.request.route import ResourceRouter

register_constraint("action_period_code_key", "/code", "The framework has a period of this code.")
API = RecordApi(
    kind=operations.PERIODS,
    roles=ROLES,
    listing=queries.LISTING,
    response_model=Period,
    present=present,
    bodies=Bodies(PeriodBody, creation=PeriodCreate),
    create=operations.create,
    update=operations.update,
    steps=Steps(operations.transition),
)
router = record_routes(API)
extensions = ResourceRouter(operations.EXTENSIONS, ROLES)
extensions.prefix = operations.PERIODS.resource.path
PeriodRow = Annotated[Row, Depends(API.readable)]


@extensions.get("/{record}/extensions", responses={200: {"model": ExtensionPage}})
async def list_period_extensions(row: PeriodRow, ctx: CurrentContext) -> Response:
    """List the extensions of a period.

    Those of the countries that the caller's grants cover, by country.
    """
    async with ctx.connection() as connection:
        found = await queries.extensions_of(connection, ctx.access, row["id"])
    return linked_page({"items": [present_extension(one) for one in found], "next": None}, None)


@extensions.post("/{record}/extensions", status_code=201, responses={201: {"model": Extension}})
async def create_period_extension(body: ExtensionCreate, row: PeriodRow, ctx: CurrentContext) -> Response:
    """Give one country more time for a period.

    Until then the country enters results though the period is closed, unless it is locked.
    """
    period = record_read(record.Period, row)
    made = await operations.extend(ctx.uow, ctx.access, period, body.country, body.until, body.reason)
    return Response(orjson.dumps(present_extension(made)), 201, media_type=JSON)
