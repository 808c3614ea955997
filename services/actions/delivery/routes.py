"""Actions and milestones over HTTP."""

from services.actions.access import ROLES
from services.actions.delivery import operations, queries, schemas
from services.actions.delivery.tables import action, milestone
from shared.database.statements import Row
from shared.database.unit_of_work import UnitOfWork
from shared.records.access_scope import AccessScope
from shared.web.records import RecordApi
from shared.web.values import row_values, written


async def _propose(uow: UnitOfWork, access: AccessScope, body: schemas.ActionCreate) -> Row:
    return await operations.propose(uow, access, row_values(body, action))


async def _update_action(uow: UnitOfWork, access: AccessScope, row: Row, body: schemas.ActionBody) -> Row:
    return await operations.update_action(uow, access, row, row_values(body, action))


async def _plan_milestone(uow: UnitOfWork, access: AccessScope, body: schemas.MilestoneCreate) -> Row:
    return await operations.plan_milestone(uow, access, row_values(body, milestone))


async def _update_milestone(uow: UnitOfWork, access: AccessScope, row: Row, body: schemas.MilestoneBody) -> Row:
    return await operations.update_milestone(uow, access, row, row_values(body, milestone))


actions = RecordApi(
    kind=operations.ACTIONS,
    roles=ROLES,
    listing=queries.ACTIONS,
    answer=schemas.Action,
    create_body=schemas.ActionCreate,
    body=schemas.ActionBody,
    present=schemas.present_action,
    guard_context=operations.load_action_guard_context,
    create=_propose,
    update=_update_action,
    transition=operations.step_action,
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
    create=_plan_milestone,
    update=_update_milestone,
    transition=operations.step_milestone,
    fields=schemas.MilestoneFields,
    written=written(milestone, schemas.MilestoneBody.model_fields.keys() - {"due_reason"}),
).routes()
