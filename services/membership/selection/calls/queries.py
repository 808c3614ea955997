"""Reading calls: published ones by their visibility, others for grants that cover the country or the call."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, bindparam, func, select

from services.membership.selection.calls.domain import KINDS, LIFECYCLE, PUBLISHED
from services.membership.selection.calls.record import Call
from services.membership.selection.calls.tables import call, nomination
from shared.database.context import Lookup
from shared.database.statements import Connection, Statement
from shared.database.tables import Instant
from shared.records.access_scope import constant
from shared.records.listing import one_of, values
from shared.records.next_steps import NextStep, NextSteps
from shared.records.plain import by_itself, listing
from shared.records.rows import record_of, records_of

_AT_ONCE = 100
_is_assessed = func.escm.member_is_assessed(call.c.id, type_=Boolean)
"""Whether no nomination waits for its nominator or the panel, among those too that the caller may not know of."""
NEXT_STEPS = NextSteps(
    "membership.calls",
    call,
    (NextStep("assessing", "decide", only=_is_assessed), NextStep("decided", "publish")),
)
LISTING = listing(
    Call,
    call,
    LIFECYCLE.states,
    by_itself(call, PUBLISHED),
    values("code", call.c.code, "Codes, separated by commas"),
    values("kind", call.c.kind, "Kinds of calls, separated by commas", one_of(KINDS)),
    NEXT_STEPS.holder,
)
_ONE = Lookup(select(call).where(call.c.id == bindparam("key")).limit(1))
_OF_CODE = Lookup(select(call.c.id).where(call.c.code == bindparam("code")).limit(1))
_UNDECIDED = Lookup(
    select(func.count())
    .select_from(nomination)
    .where(
        nomination.c.call_id == bindparam("call"),
        nomination.c.status.in_([constant(status) for status in ("awaiting_nominator", "nominated")]),
    )
    .limit(1)
)
_OVER = Statement(
    select(call)
    .where(call.c.status == constant("open"), call.c.nominator_deadline < bindparam("at", type_=Instant))
    .order_by(call.c.nominator_deadline, call.c.id)
    .limit(_AT_ONCE)
    .with_for_update(skip_locked=True)
)


async def call_of(connection: Connection, key: UUID) -> Call | None:
    """The call with this id, whatever the caller may read."""
    row = await _ONE.fetchrow(connection, key=key)
    return record_of(Call, row) if row else None


async def is_known(connection: Connection, code: str) -> bool:
    """Whether a call has this code."""
    return await _OF_CODE.fetchval(connection, code=code) is not None


async def undecided(connection: Connection, key: UUID) -> int:
    """How many nominations of a call wait for their nominator or for the panel."""
    found: int = await _UNDECIDED.fetchval(connection, call=key)
    return found


async def lock_over(connection: Connection, at: datetime) -> list[Call]:
    """Up to 100 open calls whose last deadline has passed, locked. Skips those that another transaction locks."""
    return records_of(Call, await _OVER.fetch(connection, at=at))
