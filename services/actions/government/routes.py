"""Government bodies, focal points and meetings over HTTP."""

from typing import Any

from pydantic import BaseModel

from services.actions.access import ROLES
from services.actions.government import operations, queries, schemas
from shared.database.statements import Row
from shared.database.unit_of_work import UnitOfWork
from shared.records.access_scope import AccessScope
from shared.web.records import RecordApi
from shared.web.values import row_values, written


def _writing(writing: operations.Writing) -> dict[str, Any]:
    """The arguments of `RecordApi` that the three share."""

    async def insert(uow: UnitOfWork, access: AccessScope, body: BaseModel) -> Row:
        return await writing.insert(uow, access, row_values(body, writing.kind.table))

    async def update(uow: UnitOfWork, access: AccessScope, row: Row, body: BaseModel) -> Row:
        return await writing.update(uow, access, row, row_values(body, writing.kind.table))

    shared: dict[str, Any] = {"kind": writing.kind, "roles": ROLES, "guard_context": operations.no_guard_context}
    return {**shared, "create": insert, "update": update, "transition": writing.transition}


bodies = RecordApi(
    **_writing(operations.WRITE_BODY),
    listing=queries.BODIES,
    answer=schemas.GovernmentBody,
    create_body=schemas.BodyCreate,
    body=schemas.BodyBody,
    present=schemas.present_body,
    written=written(operations.BODIES.table, schemas.BodyBody.model_fields),
).routes()

focal_points = RecordApi(
    **{
        **_writing(operations.WRITE_FOCAL_POINT),
        "transition": operations.WRITE_FOCAL_POINT.transition,
        "fields": schemas.FocalPointFields,
    },
    listing=queries.FOCAL_POINTS,
    answer=schemas.FocalPoint,
    create_body=schemas.FocalPointCreate,
    body=schemas.FocalPointBody,
    present=schemas.present_focal_point,
    written=written(operations.FOCAL_POINTS.table, schemas.FocalPointBody.model_fields),
).routes()

meetings = RecordApi(
    **_writing(operations.WRITE_MEETING),
    listing=queries.MEETINGS,
    answer=schemas.Meeting,
    create_body=schemas.MeetingCreate,
    body=schemas.MeetingBody,
    present=schemas.present_meeting,
    written=written(operations.MEETINGS.table, schemas.MeetingBody.model_fields),
).routes()
