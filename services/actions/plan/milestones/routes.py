"""Milestones over HTTP: the routes of every record, from this description."""

from services.actions.access import ROLES
from services.actions.plan.milestones import operations, schemas
from services.actions.plan.milestones.queries import LISTING
from services.actions.plan.milestones.tables import milestone
from shared.web.contract.values import written
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi, Steps

router = record_routes(
    RecordApi(
        kind=operations.MILESTONES,
        roles=ROLES,
        listing=LISTING,
        response_model=schemas.Milestone,
        present=schemas.present,
        bodies=Bodies(
            schemas.MilestoneBody,
            creation=schemas.MilestoneCreate,
            written=written(milestone, schemas.MilestoneBody.model_fields.keys() - {"due_reason"}),
        ),
        create=operations.create,
        update=operations.update,
        steps=Steps(operations.transition, guards=operations.load_guard_context, fields=schemas.MilestoneFields),
    )
)
