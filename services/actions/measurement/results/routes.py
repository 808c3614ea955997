"""Results over HTTP: the routes of every record, and revisions of a published one."""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Body as FastBody
from fastapi import Depends, Response

from services.actions.access import ROLES
from services.actions.measurement.results import operations, record
from services.actions.measurement.results.comparisons import surroundings_of
from services.actions.measurement.results.queries import LISTING, compared_with, surroundings
from services.actions.measurement.results.schemas import (
    Result,
    ResultBody,
    ResultCreate,
    ResultFields,
    Revision,
    RevisionReason,
    present,
    present_violations,
)
from services.actions.measurement.results.validation import violations
from shared.database.statements import Connection, Row
from shared.database.unit_of_work import Connect
from shared.records.access_scope import AccessScope
from shared.records.rows import record_read, with_columns
from shared.web.contract.contract import ShownAs
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, Items, RecordApi, Steps
from shared.web.request.error_mapping import register_constraint
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.responses import patched

register_constraint("action_result_living_key", "/period_id", "There is a living result of this subject and time.")


async def _violations(
    connect: Connect, access: AccessScope, rows: Sequence[Mapping[str, Any]]
) -> dict[UUID, list[dict[str, Any]]]:
    """The violations of results by their ids. Grants over its country or centre show those by values of other results,
    which are read; others show the comparison with what the caller may know of, if the indicator is part of it."""
    shown = [record_read(record.Result, row) for row in rows]
    covered = {one.id: one for one in shown if access.sees_all_fields(one.country, one.centre_id)}
    around = {
        row["id"]: surroundings(orjson.loads(row["of_indicator"]), orjson.loads(row["previous"] or "null"))
        for row in rows
        if row["id"] not in covered and row["of_indicator"] is not None
    }
    if covered:
        async with connect() as connection:
            around |= await surroundings_of(connection, [*covered.values()])
    known = [one for one in shown if one.id in around]
    return {one.id: present_violations(violations(one, around[one.id]), one.acknowledged) for one in known}


async def _validation(ctx: RequestContext, access: AccessScope, row: Row) -> dict[str, Any]:
    found = await _violations(ctx.connection, access, [row])
    return {"validation": found[row["id"]]} if found else {}


async def _validations(connection: Connection, access: AccessScope, rows: Sequence[Row]) -> Mapping[UUID, Any]:
    compared = await compared_with(connection, access, [row["id"] for row in rows])
    whole = [{**row, **compared[row["id"]]} for row in rows if row["id"] in compared]
    return await _violations(lambda: nullcontext(connection), access, whole)


API = RecordApi(
    kind=operations.RESULTS,
    roles=ROLES,
    listing=replace(LISTING, extras=replace(LISTING.extras, computed={"validation": _validations})),
    response_model=Result,
    present=present,
    bodies=Bodies(ResultBody, creation=ResultCreate),
    create=operations.create,
    update=operations.update,
    steps=Steps(operations.transition, guards=operations.load_guard_context, fields=ResultFields),
    items=Items(members=_validation, includes=True),
)
router = record_routes(API)
ResultRow = Annotated[Row, Depends(API.readable)]
RevisionBody = Annotated[dict[str, Any], ShownAs(Revision), FastBody()]


@router.post("/{record}/revisions", status_code=201, responses={201: {"model": Result}})
async def revise_result(body: RevisionBody, row: ResultRow, ctx: CurrentContext) -> Response:
    """Revise a published result.

    A draft with the values of the published result and with these changes. Its publication replaces it.
    """
    reason = patched(RevisionReason, {}, {"reason": body.pop("reason", None)}).reason
    changes = API.columns_of(patched(ResultBody, API.written_in(row), body))
    wanted = with_columns(record_read(record.Result, row), changes)
    made = await operations.revise(ctx.uow, ctx.access, wanted, reason)
    return await API.respond_with(ctx, made.id, status=201)
