"""Writing the stages of files: what steps append, and how a file changes hands between steps."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, insert
from sqlalchemy import update as sql_update

from services.centres.designation.centres import clock, queries
from services.centres.designation.centres.record import Centre
from services.centres.designation.centres.tables import centre, stage
from shared.database.ids import uuid7
from shared.database.statements import Statement
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now

_PRESENT = (stage.c.centre_id == bindparam("key"), stage.c.left_at.is_(None))
_LEAVE = Statement(sql_update(stage).where(*_PRESENT).values(left_at=bindparam("at")))
_ENTER = Statement(insert(stage).values({column.key: bindparam(column.key) for column in stage.c}))
_CLOCK = ("clock_holder", "clock_since", "clock_target", "clock_spent", "clock_announced")
_HAND_OVER = Statement(
    sql_update(centre).where(centre.c.id == bindparam("key")).values({name: bindparam(name) for name in _CLOCK})
)
_FOLLOW = Statement(
    sql_update(stage).where(stage.c.centre_id == bindparam("key")).values(visibility=bindparam("visibility"))
)


async def append(uow: UnitOfWork, entered: Centre, at: datetime, *, is_step: bool = True) -> None:
    """Ends the present stage of a centre at this instant and appends the one that it has entered."""
    await _LEAVE.execute(uow.connection, key=entered.id, at=at)
    is_paused = clock.is_paused(entered.clock_holder, entered.clock_target)
    await _ENTER.execute(
        uow.connection,
        id=uuid7(),
        centre_id=entered.id,
        country=entered.country,
        visibility=entered.visibility,
        version=entered.version if is_step else None,
        stage=entered.status,
        holder=entered.clock_holder,
        entered_at=at,
        left_at=None,
        target_at=None if is_paused else entered.clock_target,
    )


async def hand_over(uow: UnitOfWork, key: UUID) -> None:
    """Gives the file of a centre to its next holder if a review, an agreement or an endorsement has arrived or ended.
    The centre keeps its version: the record that arrived has the entry in the audit trail."""
    before = await queries.lock_centre(uow.connection, key)
    if before is None or before.status not in clock.HANDED_OVER:
        return
    inputs = await queries.designation_inputs(uow.connection, key, before.country)
    holder = clock.holder_of(before.status, inputs.arrived)
    if holder == before.clock_holder:
        return
    at = now()
    after = clock.handed_over(before, holder, at)
    await _HAND_OVER.execute(uow.connection, key=key, **{name: getattr(after, name) for name in _CLOCK})
    await append(uow, after, at, is_step=False)


async def follow_endorsements(uow: UnitOfWork, country: str) -> None:
    """Gives the files of the country's centres that wait for an agreement to their next holders. Needs a context that
    may read every row."""
    for key in await queries.awaiting_agreement(uow.connection, country):
        await hand_over(uow, key)


async def follow_centre(uow: UnitOfWork, after: Centre) -> None:
    """Copies the centre's visibility to its stages."""
    await _FOLLOW.execute(uow.connection, key=after.id, visibility=after.visibility)
