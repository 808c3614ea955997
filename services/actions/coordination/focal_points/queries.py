"""Reading focal points."""

from datetime import date
from uuid import UUID

from sqlalchemy import Date, Text, Uuid, bindparam, or_, select

from services.actions.coordination.focal_points import domain
from services.actions.coordination.focal_points.record import FocalPoint
from services.actions.coordination.focal_points.tables import focal_point
from shared.database.context import Lookup
from shared.database.statements import Connection, Statement
from shared.records.access_scope import constant
from shared.records.next_steps import NextStep, NextSteps
from shared.records.plain import by_itself, listing
from shared.records.rows import record_of, records_of

_AT_ONCE = 500
NEXT_STEPS = NextSteps("actions.focal_points", focal_point, (NextStep("nominated", "accept"),))
LISTING = listing(
    FocalPoint,
    focal_point,
    domain.LIFECYCLE.states,
    by_itself(focal_point, domain.PUBLISHED),
    NEXT_STEPS.holder,
)
_is_in_office = focal_point.c.status.in_([constant(status) for status in sorted(domain.PUBLISHED)])
_IN_OFFICE = Statement(
    select(focal_point)
    .where(
        or_(
            focal_point.c.expert_id == bindparam("expert", type_=Uuid),
            focal_point.c.account_id == bindparam("account", type_=Uuid),
        ),
        _is_in_office,
    )
    .order_by(focal_point.c.id)
    .with_for_update()
)
_OVER = Statement(
    select(focal_point)
    .where(
        focal_point.c.status == constant("handing_over"),
        focal_point.c.ends < bindparam("today", type_=Date),
    )
    .order_by(focal_point.c.id)
    .limit(_AT_ONCE)
    .with_for_update(skip_locked=True)
)
_ANYBODY = Lookup(
    select(focal_point.c.id).where(focal_point.c.country == bindparam("country", type_=Text), _is_in_office).limit(1)
)

_LEAVER = Lookup(
    select(focal_point)
    .where(
        focal_point.c.id == bindparam("key"),
        focal_point.c.status.in_([constant(status) for status in ("handing_over", "ended")]),
    )
    .limit(1)
)
_SUCCESSOR = Lookup(
    select(focal_point)
    .where(
        focal_point.c.predecessor_id == bindparam("key"),
        focal_point.c.status.in_([constant(status) for status in sorted(domain.PUBLISHED)]),
    )
    .order_by(focal_point.c.id.desc())
    .limit(1)
)


async def leaver(connection: Connection, key: UUID) -> FocalPoint | None:
    """The focal point of this id who hands over or has ended, if there is one."""
    row = await _LEAVER.fetchrow(connection, key=key)
    return row and record_of(FocalPoint, row)


async def successor_of(connection: Connection, key: UUID) -> FocalPoint | None:
    """The latest focal point in office who follows this one, if there is one."""
    row = await _SUCCESSOR.fetchrow(connection, key=key)
    return row and record_of(FocalPoint, row)


async def lock_in_office(
    connection: Connection, expert: UUID | None = None, account: UUID | None = None
) -> list[FocalPoint]:
    """The focal points in office that an expert, or an account that offices name, is, locked."""
    return records_of(FocalPoint, await _IN_OFFICE.fetch(connection, expert=expert, account=account))


async def lock_over(connection: Connection, day: date) -> list[FocalPoint]:
    """The focal points whose last day of handing over has passed, locked; at most 500."""
    return records_of(FocalPoint, await _OVER.fetch(connection, today=day))


async def is_anybody_in_office(connection: Connection, country: str) -> bool:
    """Whether a country has a focal point in office, regardless of the caller."""
    return await _ANYBODY.fetchval(connection, country=country) is not None
