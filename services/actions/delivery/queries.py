"""Reading actions and milestones, and what stands above and below them."""

from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, column, distinct, func, select, table
from sqlalchemy.sql.elements import ColumnElement

from services.actions.delivery import domain
from services.actions.delivery.record import Action, Milestone
from services.actions.delivery.tables import action, milestone
from shared.database.context import SYSTEM_CONTEXT, AccessContext, within_context
from shared.database.statements import Connection, Row, Statement
from shared.records.access_scope import constant
from shared.records.listing import Filter, one_of, values
from shared.records.plain import by_itself, listing

_OPEN = [constant(status) for status in ("pending", "in_progress", "claimed")]

_ENDED = [constant(status) for status in ("closed", "cancelled")]


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
_PROGRAMMES = table("action_programme", *(column(name) for name in ("id", "status", "country", "visibility")))
_PROGRAMME = Statement(
    within_context(select(*_PROGRAMMES.c).where(_PROGRAMMES.c.id == bindparam("programme")).limit(1))
)
_ACTION = Statement(
    within_context(
        select(action.c.id, action.c.status, action.c.country, action.c.visibility)
        .where(action.c.id == bindparam("action"))
        .limit(1)
    )
)
_STATUS = Statement(
    within_context(select(_PROGRAMMES.c.status).where(_PROGRAMMES.c.id == bindparam("programme")).limit(1))
)
_OPEN_ACTIONS = Statement(
    within_context(
        select(func.count().label("open")).where(
            action.c.programme_id == bindparam("programme"), action.c.status.not_in(_ENDED)
        )
    )
)
_OPEN_MILESTONES = Statement(
    within_context(
        select(func.count().label("open")).where(
            milestone.c.action_id == bindparam("action"), milestone.c.status.in_(_OPEN)
        )
    )
)
_pillars = func.count(distinct(action.c.pillar))
_figures: tuple[ColumnElement[Any], ...] = (
    _pillars.label("covered"),
    _pillars.filter(action.c.baseline.is_not(None)).label("measured"),
)
_of_pillars = and_(action.c.pillar != "core", action.c.status != "cancelled")
_covered = select(*_figures).where(action.c.programme_id == bindparam("programme"), _of_pillars)
_PLAN = Statement(within_context(_covered))


async def programme_above(connection: Connection, context: AccessContext, programme: UUID) -> Row | None:
    """State, country and visibility of a programme, if row-level security admits it."""
    return await _PROGRAMME.fetchrow(connection, programme=programme, **context.parameters)


async def action_above(connection: Connection, context: AccessContext, key: UUID) -> Row | None:
    """State, country and visibility of an action, if row-level security admits it."""
    return await _ACTION.fetchrow(connection, action=key, **context.parameters)


async def programme_status(connection: Connection, programme: UUID) -> str | None:
    """The state of a programme, whoever asks."""
    found: str | None = await _STATUS.fetchval(connection, programme=programme, **SYSTEM_CONTEXT.parameters)
    return found


async def open_actions(connection: Connection, programme: UUID) -> int:
    """How many actions of a programme are neither closed nor cancelled."""
    return await _OPEN_ACTIONS.fetchval(connection, programme=programme, **SYSTEM_CONTEXT.parameters) or 0


async def open_milestones(connection: Connection, key: UUID) -> int:
    """How many milestones of an action are neither done nor dropped."""
    return await _OPEN_MILESTONES.fetchval(connection, action=key, **SYSTEM_CONTEXT.parameters) or 0


async def plan(connection: Connection, programme: UUID) -> tuple[int, int]:
    """How many of the three pillars have an action that was not cancelled, and how many a baseline."""
    row = await _PLAN.fetchrow(connection, programme=programme, **SYSTEM_CONTEXT.parameters)
    return (row["covered"], row["measured"]) if row else (0, 0)
