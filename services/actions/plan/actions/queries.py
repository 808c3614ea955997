"""Reading actions, and the inputs of their guards."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Double, Integer, and_, bindparam, column, func, literal_column, or_, select, table
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement, Grouping

from services.actions.classification.codes.queries import tag_filters
from services.actions.plan.actions import domain
from services.actions.plan.actions.record import Action
from services.actions.plan.actions.tables import action, location, participant
from services.actions.plan.programmes.tables import programme
from shared.database.context import SYSTEM_CONTEXT, AccessContext, within_context
from shared.database.statements import Connection, Statement
from shared.records.access_scope import constant
from shared.records.listing import Filter, one_of, reference, values
from shared.records.next_steps import NextStep, NextSteps
from shared.records.plain import by_itself, listing
from shared.records.rows import record_of

_BOX = Grouping(bindparam("f_bbox", type_=ARRAY(Double)))


def _of_framework(wanted: ColumnElement[Any]) -> ColumnElement[bool]:
    return action.c.programme_id.in_(select(programme.c.id).where(programme.c.framework == wanted))


def _with_participant(wanted: ColumnElement[UUID]) -> ColumnElement[bool]:
    return (
        select(participant.c.id).where(participant.c.id == action.c.id, participant.c.institution_id == wanted).exists()
    )


def _at_place(wanted: ColumnElement[str]) -> ColumnElement[bool]:
    """A location with this name or in this subdivision, without regard to case."""
    folded = func.lower(wanted)
    is_meant = or_(location.c.name == folded, location.c.subdivision == folded)
    return select(location.c.id).where(location.c.id == action.c.id, is_meant).exists()


def _box(raw: str) -> list[float]:
    """Raises ValueError for other than four degrees, of which the second is south of the fourth."""
    try:
        west, south, east, north = (float(part) for part in raw.split(","))
    except ValueError:
        raise ValueError("is not west,south,east,north in degrees") from None
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
        raise ValueError("is not west,south,east,north in degrees")
    return [west, south, east, north]


def _within_box(_wanted: ColumnElement[Any]) -> ColumnElement[bool]:
    """A point in the box; one whose west is east of its east crosses the antimeridian."""
    west, south, east, north = (_BOX[literal_column(str(place), Integer)] for place in range(1, 5))
    lon = location.c.lon
    is_between = or_(and_(west <= east, lon.between(west, east)), and_(west > east, or_(lon >= west, lon <= east)))
    return (
        select(location.c.id)
        .where(location.c.id == action.c.id, location.c.lat.between(south, north), is_between)
        .exists()
    )


NEXT_STEPS = NextSteps("actions.actions", action, (NextStep("proposed", "approve"),))
LISTING = listing(
    Action,
    action,
    domain.LIFECYCLE.states,
    by_itself(action, domain.PUBLISHED),
    values("pillar", action.c.pillar, "Pillars, separated by commas", one_of(domain.PILLARS)),
    values("kind", action.c.kind, "Kinds, separated by commas", one_of(domain.KINDS)),
    replace(
        values("framework", programme.c.framework, "Codes of frameworks, separated by commas"), condition=_of_framework
    ),
    *tag_filters(action.c.id, "tags"),
    replace(
        reference("institution_id", participant.c.institution_id), condition=_with_participant, field="participants"
    ),
    Filter("place", "The name or the subdivision of a location, in any case", str, _at_place, field="locations"),
    Filter("bbox", "west,south,east,north in degrees, around a location", _box, _within_box, field="locations"),
    NEXT_STEPS.holder,
)
_ONE = Statement(within_context(select(action).where(action.c.id == bindparam("action")).limit(1)))
_milestone = table("action_milestone", column("action_id"), column("status"))
_OPEN_MILESTONES = Statement(
    within_context(
        select(func.count().label("open")).where(
            _milestone.c.action_id == bindparam("action"),
            _milestone.c.status.in_([constant(status) for status in ("pending", "in_progress", "claimed")]),
        )
    )
)


async def action_of(connection: Connection, context: AccessContext, key: UUID) -> Action | None:
    """The action, if row-level security permits reading it."""
    row = await _ONE.fetchrow(connection, action=key, **context.parameters)
    return record_of(Action, row) if row else None


async def open_milestones(connection: Connection, key: UUID) -> int:
    """The number of milestones of an action that are neither done nor dropped."""
    return await _OPEN_MILESTONES.fetchval(connection, action=key, **SYSTEM_CONTEXT.parameters) or 0
