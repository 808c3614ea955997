"""Reading actions and milestones."""

from uuid import UUID

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.sql.elements import ColumnElement

from services.actions.delivery import domain
from services.actions.delivery.record import Action, Milestone
from services.actions.delivery.tables import action, milestone
from shared.database.context import SYSTEM_CONTEXT, AccessContext, within_context
from shared.database.statements import Connection, Statement
from shared.records.access_scope import constant
from shared.records.listing import Filter, one_of, values
from shared.records.plain import by_itself, listing
from shared.records.rows import record_of

_OPEN = [constant(status) for status in ("pending", "in_progress", "claimed")]


def _truth(raw: str) -> bool:
    return one_of(("true", "false"))(raw) == "true"


def _is_overdue(bound: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(milestone.c.status.in_(_OPEN), milestone.c.due < func.current_date()) == bound


ACTIONS = listing(
    Action,
    action,
    domain.ACTION.states,
    by_itself(action, domain.PUBLISHED_ACTIONS),
    values("pillar", action.c.pillar, "Pillars, separated by commas", one_of(domain.PILLARS)),
    values("kind", action.c.kind, "Kinds, separated by commas", one_of(domain.KINDS)),
)
MILESTONES = listing(
    Milestone,
    milestone,
    domain.MILESTONE.states,
    by_itself(milestone, domain.PUBLISHED_MILESTONES),
    Filter("overdue", "true or false", _truth, _is_overdue),
)
_ACTION = Statement(within_context(select(action).where(action.c.id == bindparam("action")).limit(1)))
_OPEN_MILESTONES = Statement(
    within_context(
        select(func.count().label("open")).where(
            milestone.c.action_id == bindparam("action"), milestone.c.status.in_(_OPEN)
        )
    )
)


async def action_of(connection: Connection, context: AccessContext, key: UUID) -> Action | None:
    """The action, if row-level security admits it."""
    row = await _ACTION.fetchrow(connection, action=key, **context.parameters)
    return record_of(Action, row) if row else None


async def open_milestones(connection: Connection, key: UUID) -> int:
    """How many milestones of an action are neither done nor dropped."""
    return await _OPEN_MILESTONES.fetchval(connection, action=key, **SYSTEM_CONTEXT.parameters) or 0
