"""Tasks over HTTP: the routes of every record, from this description."""

from services.actions.access import ROLES
from services.actions.coordination.tasks import operations, schemas
from services.actions.coordination.tasks.queries import LISTING
from shared.web.records.records import RecordApi

API = RecordApi(
    kind=operations.TASKS,
    roles=ROLES,
    listing=LISTING,
    response_model=schemas.Task,
    create_body=schemas.TaskCreate,
    body=schemas.TaskBody,
    present=schemas.present,
    guard_context=operations.load_guard_context,
    create=operations.create,
    update=operations.update,
    columns=schemas.columns,
    transition=operations.transition,
    fields=schemas.TaskFields,
)
router = API.routes()
