"""Reading what centres had before, what waits for its day, and what a new host needs."""

from datetime import date
from uuid import UUID

from sqlalchemy import Date, Text, Uuid, bindparam, cast, func, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from services.centres.designation.agreements.tables import agreement
from services.centres.designation.centres.domain import IN_TERM
from services.centres.designation.centres.record import Centre
from services.centres.designation.centres.tables import centre, term
from services.centres.designation.tenures.tables import tenure
from shared.database.context import AccessContext, within_context
from shared.database.statements import Connection, Row, Statement
from shared.records.access_scope import constant
from shared.records.next_steps import TODAY
from shared.records.rows import records_of

_MOST, _MOST_SHOWN = 200, 1_000
_key = bindparam("centre", type_=Uuid)
_FORMER = Statement(
    within_context(
        select(tenure)
        .where(tenure.c.centre_id == _key)
        .order_by(tenure.c.replaced_on.desc(), tenure.c.recorded_at.desc(), tenure.c.id.desc())
        .limit(_MOST_SHOWN)
    )
)
_last = select(func.max(tenure.c.replaced_on)).where(
    tenure.c.centre_id == _key, tenure.c.changed == bindparam("changed", type_=Text)
)
_first = select(func.min(term.c.starts)).where(term.c.centre_id == _key)
_SINCE = Statement(select(func.coalesce(_last.scalar_subquery(), _first.scalar_subquery())))
_pending_day = cast(centre.c.pending_change["effective"].astext, Date)
_DUE = Statement(
    select(centre)
    .where(centre.c.status.in_([constant(status) for status in IN_TERM]), _pending_day <= TODAY)
    .order_by(centre.c.id)
    .limit(_MOST)
    .with_for_update(skip_locked=True)
)
_day = bindparam("day", type_=Date)
_AGREED = Statement(
    select(agreement.c.id)
    .where(
        agreement.c.centre_id == _key,
        agreement.c.status == constant("in_force"),
        or_(agreement.c.expires.is_(None), agreement.c.expires >= _day),
        agreement.c.parties.contains(bindparam("party", type_=JSONB)),
    )
    .limit(1)
)


async def former(connection: Connection, context: AccessContext, key: UUID) -> list[Row]:
    """What a centre had before its changes, the latest first."""
    return await _FORMER.fetch(connection, centre=key, **context.parameters)


async def since(connection: Connection, key: UUID, changed: str) -> date | None:
    """From which day the present value of a centre counts: the last change of it, or the first day of its first
    term."""
    found: date | None = await _SINCE.fetchval(connection, centre=key, changed=changed)
    return found


async def lock_due(connection: Connection, today: date) -> list[Centre]:
    """Centres whose pending change takes effect today or did before, locked; at most 200."""
    return records_of(Centre, await _DUE.fetch(connection, today=today))


async def is_agreed_with(connection: Connection, key: UUID, institution: UUID, day: date) -> bool:
    """Whether an agreement of the centre with the institution is in force, and does not expire before this day."""
    party = [{"institution_id": str(institution)}]
    return await _AGREED.fetchval(connection, centre=key, party=party, day=day) is not None
