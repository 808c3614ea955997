"""Actions and milestones over HTTP."""

from services.actions.access import ROLES
from services.actions.delivery import operations, queries, schemas
from services.actions.delivery.tables import action, milestone
from shared.web.records import RecordApi
from shared.web.values import written

actions = RecordApi(
    kind=operations.ACTIONS,
    roles=ROLES,
    listing=queries.ACTIONS,
    answer=schemas.Action,
    create_body=schemas.ActionCreate,
    body=schemas.ActionBody,
    present=schemas.present_action,
    guard_context=operations.load_action_guard_context,
    create=operations.create_action,
    update=operations.update_action,
    transition=operations.transition_action,
    written=written(action, schemas.ActionBody.model_fields),
).routes()

milestones = RecordApi(
    kind=operations.MILESTONES,
    roles=ROLES,
    listing=queries.MILESTONES,
    answer=schemas.Milestone,
    create_body=schemas.MilestoneCreate,
    body=schemas.MilestoneBody,
    present=schemas.present_milestone,
    guard_context=operations.load_milestone_guard_context,
    create=operations.create_milestone,
    update=operations.update_milestone,
    transition=operations.transition_milestone,
    fields=schemas.MilestoneFields,
    written=written(milestone, schemas.MilestoneBody.model_fields.keys() - {"due_reason"}),
).routes()
