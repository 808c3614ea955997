"""Actions over HTTP: the routes of every record, from this description."""

from services.actions.access import ROLES
from services.actions.plan.actions import operations, schemas
from services.actions.plan.actions.queries import LISTING
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi, Steps

router = record_routes(
    RecordApi(
        kind=operations.ACTIONS,
        roles=ROLES,
        listing=LISTING,
        response_model=schemas.Action,
        present=schemas.present,
        bodies=Bodies(schemas.ActionBody, creation=schemas.ActionCreate),
        create=operations.create,
        update=operations.update,
        steps=Steps(operations.transition, guards=operations.load_guard_context),
    )
)
