"""Indicators over HTTP: the routes of every record, and national copies of those of a framework."""

from typing import Annotated, Any

from fastapi import Body as FastBody
from fastapi import Depends, Response

from services.actions.access import ROLES
from services.actions.measurement.indicators import operations, record
from services.actions.measurement.indicators.queries import LISTING
from services.actions.measurement.indicators.schemas import (
    CopyOwner,
    Indicator,
    IndicatorBody,
    IndicatorCopy,
    IndicatorCreate,
    present,
)
from shared.database.statements import Row
from shared.records.rows import record_read, with_columns
from shared.web.contract.contract import ShownAs
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi, Steps
from shared.web.request.error_mapping import register_constraint
from shared.web.request.request_context import CurrentContext
from shared.web.request.responses import patched

register_constraint("action_indicator_code_key", "/code", "There is an indicator of this code.")
API = RecordApi(
    kind=operations.INDICATORS,
    roles=ROLES,
    listing=LISTING,
    response_model=Indicator,
    present=present,
    bodies=Bodies(IndicatorBody, creation=IndicatorCreate),
    create=operations.create,
    update=operations.update,
    steps=Steps(operations.transition),
)
router = record_routes(API)
IndicatorRow = Annotated[Row, Depends(API.readable)]
CopyBody = Annotated[dict[str, Any], ShownAs(IndicatorCopy), FastBody()]


@router.post("/{record}/copies", status_code=201, responses={201: {"model": Indicator}})
async def copy_indicator(body: CopyBody, row: IndicatorRow, ctx: CurrentContext) -> Response:
    """Copy an indicator of a framework for a country.

    A national draft with the fields of an active indicator of a framework and with these changes.
    """
    owner = patched(CopyOwner, {}, {name: body.pop(name, None) for name in CopyOwner.model_fields})
    changes = API.columns_of(patched(IndicatorBody, API.written_in(row), body))
    wanted = with_columns(record_read(record.Indicator, row), changes)
    made = await operations.copy(ctx.uow, ctx.access, wanted, owner.country, owner.code)
    return await API.respond_with(ctx, made.id, status=201)
