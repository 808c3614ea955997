"""Tasks over HTTP: the routes of every record, from this description."""

from services.actions.access import ROLES
from services.actions.coordination.tasks import operations, schemas
from services.actions.coordination.tasks.queries import LISTING
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi, Steps

API = RecordApi(
    kind=operations.TASKS,
    roles=ROLES,
    listing=LISTING,
    response_model=schemas.Task,
    present=schemas.present,
    bodies=Bodies(schemas.TaskBody, creation=schemas.TaskCreate, columns=schemas.columns),
    create=operations.create,
    update=operations.update,
    steps=Steps(operations.transition, guards=operations.load_guard_context, fields=schemas.TaskFields),
)
router = record_routes(API)
