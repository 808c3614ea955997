"""Calls over HTTP: the routes of every record, from this description."""

from services.membership.access import ROLES
from services.membership.selection.calls import operations, schemas
from services.membership.selection.calls.queries import LISTING
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi, Steps

CALL_API = RecordApi(
    kind=operations.CALLS,
    roles=ROLES,
    listing=LISTING,
    response_model=schemas.Call,
    present=schemas.present,
    bodies=Bodies(schemas.CallBody),
    create=operations.create,
    update=operations.update,
    steps=Steps(operations.transition, guards=operations.load_guard_context, fields=schemas.CallFields),
    is_public=True,
)
router = record_routes(CALL_API)
