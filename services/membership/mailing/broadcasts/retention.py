"""Deleting the recipients of broadcasts that ended long ago, whose counts stay."""

from sqlalchemy import bindparam, delete, func, select

from services.membership.mailing.broadcasts.domain import RETENTION
from services.membership.mailing.broadcasts.operations import BROADCASTS
from services.membership.mailing.broadcasts.queries import COUNTED_BY
from services.membership.mailing.broadcasts.record import Broadcast
from services.membership.mailing.broadcasts.tables import broadcast, recipient
from shared.database.statements import Statement
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.records.access_scope import constant
from shared.records.rows import records_of, with_columns

_BROADCASTS_AT_ONCE, _RECIPIENTS_AT_ONCE = 10, 50_000
_ENDED = Statement(
    select(broadcast)
    .where(
        broadcast.c.status.in_([constant("sent"), constant("cancelled")]),
        broadcast.c.updated_at < bindparam("before"),
        broadcast.c.final_counts.is_(None),
    )
    .order_by(broadcast.c.id)
    .limit(_BROADCASTS_AT_ONCE)
    .with_for_update(skip_locked=True)
)
_COUNTS = Statement(
    select(*COUNTED_BY, func.count().label("n"))
    .where(recipient.c.broadcast_id == bindparam("key"))
    .group_by(*COUNTED_BY)
    .order_by(*COUNTED_BY)
)
_counted = select(broadcast.c.id).where(broadcast.c.final_counts.is_not(None))
_DELETE = Statement(
    delete(recipient).where(
        recipient.c.id.in_(
            select(recipient.c.id).where(recipient.c.broadcast_id.in_(_counted)).limit(_RECIPIENTS_AT_ONCE)
        )
    )
)


async def delete_old_recipients(uow: UnitOfWork) -> None:
    """Stores the counts of up to 10 broadcasts that ended a year ago, and deletes up to 50,000 recipients of those."""
    for before in records_of(Broadcast, await _ENDED.fetch(uow.connection, before=now() - RETENTION)):
        counts = [dict(row) for row in await _COUNTS.fetch(uow.connection, key=before.id)]
        wanted = with_columns(before, {"final_counts": counts})
        await BROADCASTS.write(uow, "delete_recipients", before, wanted, fact="updated")
    await _DELETE.execute(uow.connection)
