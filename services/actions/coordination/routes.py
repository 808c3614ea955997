"""Endorsements and letters over HTTP."""

from services.actions.access import ROLES
from services.actions.coordination import operations, queries, schemas
from services.actions.coordination.tables import correspondence, endorsement
from shared.database.statements import Row
from shared.database.unit_of_work import UnitOfWork
from shared.records.access_scope import AccessScope
from shared.web.records import RecordApi
from shared.web.values import row_values, written


async def _claim(uow: UnitOfWork, access: AccessScope, body: schemas.EndorsementCreate) -> Row:
    return await operations.claim(uow, access, row_values(body, endorsement))


async def _update_endorsement(uow: UnitOfWork, access: AccessScope, row: Row, body: schemas.EndorsementBody) -> Row:
    return await operations.update_endorsement(uow, access, row, row_values(body, endorsement))


async def _log(uow: UnitOfWork, access: AccessScope, body: schemas.LetterCreate) -> Row:
    return await operations.log(uow, access, row_values(body, correspondence))


async def _update_letter(uow: UnitOfWork, access: AccessScope, row: Row, body: schemas.LetterBody) -> Row:
    return await operations.update_letter(uow, access, row, row_values(body, correspondence))


endorsements = RecordApi(
    kind=operations.ENDORSEMENTS,
    roles=ROLES,
    listing=queries.ENDORSEMENTS,
    answer=schemas.Endorsement,
    create_body=schemas.EndorsementCreate,
    body=schemas.EndorsementBody,
    present=schemas.present_endorsement,
    guard_context=operations.load_endorsement_guard_context,
    create=_claim,
    update=_update_endorsement,
    transition=operations.step_endorsement,
    fields=schemas.EndorsementFields,
    written=written(endorsement, schemas.EndorsementBody.model_fields),
).routes()

letters = RecordApi(
    kind=operations.LETTERS,
    roles=ROLES,
    listing=queries.LETTERS,
    answer=schemas.Correspondence,
    create_body=schemas.LetterCreate,
    body=schemas.LetterBody,
    present=schemas.present_letter,
    guard_context=operations.load_letter_guard_context,
    create=_log,
    update=_update_letter,
    transition=operations.step_letter,
    fields=schemas.LetterFields,
    written=written(correspondence, schemas.LetterBody.model_fields),
).routes()
