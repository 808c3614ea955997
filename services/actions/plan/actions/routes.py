"""Actions over HTTP: the routes of every record, from this description."""

from services.actions.access import ROLES
from services.actions.plan.actions import operations, schemas
from services.actions.plan.actions.queries import LISTING
from shared.web.records.records import RecordApi

router = RecordApi(
    kind=operations.ACTIONS,
    roles=ROLES,
    listing=LISTING,
    response_model=schemas.Action,
    create_body=schemas.ActionCreate,
    body=schemas.ActionBody,
    present=schemas.present,
    guard_context=operations.load_guard_context,
    create=operations.create,
    update=operations.update,
    transition=operations.transition,
).routes()
