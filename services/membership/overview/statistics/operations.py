"""Scheduled operations on the counts."""

import structlog

from services.membership.overview.statistics.gender import GENDERS, STEP, balances
from services.membership.overview.statistics.queries import KINDS, LIVE, declared
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import today
from shared.kernel.countries import COUNTRIES, REGIONS
from shared.records.counts import fold, mend

_RELEASE = """
INSERT INTO escm.member_gender_balance AS kept (place, day, whole, women, men, other)
SELECT place, $1, whole, women, men, other
FROM unnest($2::text[], $3::int[], $4::int[], $5::int[], $6::int[]) AS found (place, whole, women, men, other)
ON CONFLICT (place) DO UPDATE
SET day = excluded.day, whole = excluded.whole, women = excluded.women, men = excluded.men, other = excluded.other
WHERE abs(kept.whole - excluded.whole) >= $7
"""
log = structlog.get_logger(__name__)


async def fold_counts(uow: UnitOfWork) -> None:
    """Folds pending changes into the sums, also those that other services append."""
    await fold(uow.connection)


async def check_counts(uow: UnitOfWork) -> None:
    """Compares the counts with the rows. Logs and corrects differences, which come from writes without the triggers."""
    await uow.connection.execute("SET LOCAL statement_timeout = '5min'")
    if mended := await mend(uow.connection, KINDS, LIVE):
        log.error("counts_differed", cells=mended)


async def release_gender_balance(uow: UnitOfWork) -> None:
    """Publishes the gender balance of today, for each place separately and only if at least five more or fewer experts
    are published than at its last publication. New declarations alone change no number."""
    found = {
        **dict.fromkeys((*COUNTRIES, *REGIONS), (0, dict.fromkeys(GENDERS, 0))),
        **balances(await declared(uow.connection)),
    }
    columns = [[numbers[name] for _, numbers in found.values()] for name in GENDERS]
    wholes = [whole for whole, _ in found.values()]
    await uow.connection.execute(_RELEASE, today(), list(found), wholes, *columns, STEP)
