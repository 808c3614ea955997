"""Programmes over HTTP."""

from services.actions.access import ROLES
from services.actions.plan.programmes import operations, schemas
from services.actions.plan.programmes.queries import LISTING
from shared.web.records.records import RecordApi

router = RecordApi(
    kind=operations.PROGRAMMES,
    roles=ROLES,
    listing=LISTING,
    response_model=schemas.Programme,
    create_body=schemas.ProgrammeCreate,
    body=schemas.ProgrammeBody,
    present=schemas.present,
    guard_context=operations.load_guard_context,
    create=operations.create,
    update=operations.update,
    transition=operations.transition,
    fields=schemas.ProgrammeFields,
    is_public=True,
).routes()
