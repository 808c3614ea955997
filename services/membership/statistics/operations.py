"""What the worker does about the counts in time."""

import structlog

from services.membership.statistics.queries import KINDS, LIVE
from shared.database.unit_of_work import UnitOfWork
from shared.records.counts import fold, mend

log = structlog.get_logger(__name__)


async def fold_counts(uow: UnitOfWork) -> None:
    """Moves pending changes into the sums."""
    await fold(uow.connection, KINDS)


async def check_counts(uow: UnitOfWork) -> None:
    """Compares the counts with the rows. What differs, because somebody wrote rows past the triggers, is told in the
    log and mended."""
    await uow.connection.execute("SET LOCAL statement_timeout = '5min'")
    if mended := await mend(uow.connection, KINDS, LIVE):
        log.error("counts_differed", cells=mended)
