"""Targets over HTTP: the routes of every record, from this description."""

from services.actions.access import ROLES
from services.actions.measurement.targets import operations
from services.actions.measurement.targets.queries import LISTING
from services.actions.measurement.targets.schemas import Target, TargetBody, TargetCreate, present
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi
from shared.web.request.error_mapping import register_constraint

register_constraint("action_target_subject_key", "/period_id", "There is a target of this subject and period.")
router = record_routes(
    RecordApi(
        kind=operations.TARGETS,
        roles=ROLES,
        listing=LISTING,
        response_model=Target,
        present=present,
        bodies=Bodies(TargetBody, creation=TargetCreate),
        create=operations.create,
        update=operations.update,
    )
)
