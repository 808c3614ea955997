"""Calls over HTTP: the routes of every record, from this description."""

from services.membership.access import ROLES
from services.membership.selection.calls import operations, schemas
from services.membership.selection.calls.queries import LISTING
from shared.web.records.records import RecordApi

CALL_API = RecordApi(
    kind=operations.CALLS,
    roles=ROLES,
    listing=LISTING,
    response_model=schemas.Call,
    body=schemas.CallBody,
    present=schemas.present,
    guard_context=operations.load_guard_context,
    create=operations.create,
    update=operations.update,
    transition=operations.transition,
    fields=schemas.CallFields,
    is_public=True,
)
router = CALL_API.routes()
