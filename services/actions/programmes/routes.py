"""Programmes over HTTP."""

from services.actions.access import ROLES
from services.actions.programmes import operations, queries, schemas
from services.actions.programmes.tables import programme
from shared.database.statements import Row
from shared.database.unit_of_work import UnitOfWork
from shared.records.access_scope import AccessScope
from shared.web.records import RecordApi
from shared.web.values import row_values, written


async def _create(uow: UnitOfWork, access: AccessScope, body: schemas.ProgrammeCreate) -> Row:
    return await operations.create(uow, access, row_values(body, programme))


async def _update(uow: UnitOfWork, access: AccessScope, row: Row, body: schemas.ProgrammeBody) -> Row:
    return await operations.update(uow, access, row, row_values(body, programme))


router = RecordApi(
    kind=operations.PROGRAMMES,
    roles=ROLES,
    listing=queries.PROGRAMMES,
    answer=schemas.Programme,
    create_body=schemas.ProgrammeCreate,
    body=schemas.ProgrammeBody,
    present=schemas.present,
    guard_context=operations.load_guard_context,
    create=_create,
    update=_update,
    transition=operations.transition,
    fields=schemas.ProgrammeFields,
    written=written(programme, schemas.ProgrammeBody.model_fields),
    is_public=True,
).routes()
