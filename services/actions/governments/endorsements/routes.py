"""Endorsements over HTTP: the routes of every record, from this description."""

from services.actions.access import ROLES
from services.actions.governments.endorsements import operations, schemas
from services.actions.governments.endorsements.queries import LISTING
from shared.web.records.records import RecordApi

router = RecordApi(
    kind=operations.ENDORSEMENTS,
    roles=ROLES,
    listing=LISTING,
    response_model=schemas.Endorsement,
    create_body=schemas.EndorsementCreate,
    body=schemas.EndorsementBody,
    present=schemas.present,
    guard_context=operations.load_guard_context,
    create=operations.create,
    update=operations.update,
    transition=operations.transition,
    fields=schemas.EndorsementFields,
).routes()
