"""Reading closures whose day has come."""

from datetime import date

from sqlalchemy import Date, cast, select

from services.centres.designation.centres.domain import CLOSABLE
from services.centres.designation.centres.record import Centre
from services.centres.designation.centres.tables import centre
from shared.database.statements import Connection, Statement
from shared.records.access_scope import constant
from shared.records.next_steps import TODAY
from shared.records.rows import records_of

_MOST = 200
_DUE = Statement(
    select(centre)
    .where(
        centre.c.status.in_([constant(status) for status in CLOSABLE]),
        cast(centre.c.pending_closure["effective"].astext, Date) <= TODAY,
    )
    .order_by(centre.c.id)
    .limit(_MOST)
    .with_for_update(skip_locked=True)
)


async def lock_due(connection: Connection, today: date) -> list[Centre]:
    """Centres that close today or should have closed before, locked; at most 200."""
    return records_of(Centre, await _DUE.fetch(connection, today=today))
