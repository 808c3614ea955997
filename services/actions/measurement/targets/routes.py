"""Targets over HTTP: the routes of every record, from this description."""

from services.actions.access import ROLES
from services.actions.measurement.targets import operations
from services.actions.measurement.targets.queries import LISTING
from services.actions.measurement.targets.schemas import Target, TargetBody, TargetCreate, present
from shared.web.records.records import RecordApi
from shared.web.request.error_mapping import register_constraint

register_constraint("action_target_subject_key", "/period_id", "There is a target of this subject and period.")
router = RecordApi(
    kind=operations.TARGETS,
    roles=ROLES,
    listing=LISTING,
    response_model=Target,
    create_body=TargetCreate,
    body=TargetBody,
    present=present,
    create=operations.create,
    update=operations.update,
).routes()
