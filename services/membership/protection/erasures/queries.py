"""Reading erasures: for grants that cover the country or the expert."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.membership.protection.erasures.domain import LIFECYCLE, OPEN
from services.membership.protection.erasures.record import Erasure
from services.membership.protection.erasures.tables import erasure
from shared.database.context import Lookup
from shared.database.statements import Connection, Statement
from shared.records.access_scope import constant
from shared.records.next_steps import NextStep, NextSteps
from shared.records.plain import by_whole, listing
from shared.records.rows import record_of, records_of

_OPEN = Lookup(
    select(erasure.c.id)
    .where(erasure.c.expert_id == bindparam("expert"), erasure.c.status.in_([constant(one) for one in OPEN]))
    .limit(1)
)
_first = (erasure.c.due_at, erasure.c.id)
_DUE = Statement(
    select(erasure)
    .where(erasure.c.status == constant("requested"), erasure.c.due_at <= bindparam("at"))
    .order_by(*_first)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_OVER = Statement(
    select(erasure)
    .where(erasure.c.status == constant("held"), erasure.c.held_until < bindparam("today"))
    .order_by(*_first)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_RUNNING = Statement(
    select(erasure)
    .where(
        erasure.c.status == constant("running"), erasure.c.subjects.contains(bindparam("subject", type_=ARRAY(Uuid)))
    )
    .order_by(erasure.c.id)
    .limit(1)
    .with_for_update()
)


NEXT_STEPS = NextSteps("membership.erasures", erasure, (NextStep("proposed", "confirm"),))
LISTING = listing(Erasure, erasure, LIFECYCLE.states, by_whole(erasure, erasure.c.expert_id), NEXT_STEPS.holder)


async def is_open(connection: Connection, expert: UUID) -> bool:
    """Whether an erasure of the expert has not ended, regardless of the caller."""
    return await _OPEN.fetchval(connection, expert=expert) is not None


async def lock_due(connection: Connection, at: datetime, limit: int) -> list[Erasure]:
    """Requested erasures whose time has come, locked, at most `limit`. Skips rows that another transaction locks."""
    return records_of(Erasure, await _DUE.fetch(connection, at=at, limit=limit))


async def lock_over(connection: Connection, today: date, limit: int) -> list[Erasure]:
    """Held erasures whose hold ended before `today`, locked, at most `limit`."""
    return records_of(Erasure, await _OVER.fetch(connection, today=today, limit=limit))


async def lock_running(connection: Connection, subject: UUID) -> Erasure | None:
    """The running erasure of an expert, locked."""
    row = await _RUNNING.fetchrow(connection, subject=[subject])
    return record_of(Erasure, row) if row else None
