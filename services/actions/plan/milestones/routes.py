"""Milestones over HTTP: the routes of every record, from this description."""

from services.actions.access import ROLES
from services.actions.plan.milestones import operations, schemas
from services.actions.plan.milestones.queries import LISTING
from services.actions.plan.milestones.tables import milestone
from shared.web.contract.values import written
from shared.web.records.records import RecordApi

router = RecordApi(
    kind=operations.MILESTONES,
    roles=ROLES,
    listing=LISTING,
    response_model=schemas.Milestone,
    create_body=schemas.MilestoneCreate,
    body=schemas.MilestoneBody,
    present=schemas.present,
    guard_context=operations.load_guard_context,
    create=operations.create,
    update=operations.update,
    transition=operations.transition,
    fields=schemas.MilestoneFields,
    written=written(milestone, schemas.MilestoneBody.model_fields.keys() - {"due_reason"}),
).routes()
