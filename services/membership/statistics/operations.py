"""What the worker does about the counts in time."""

import structlog

from services.membership.statistics.gender import GENDERS, STEP, balances
from services.membership.statistics.queries import KINDS, LIVE, declared
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
_OF_OTHERS = ("centre",)
"""Kinds whose changes other services append; the fold of all kinds is here."""
log = structlog.get_logger(__name__)


async def fold_counts(uow: UnitOfWork) -> None:
    """Moves pending changes into the sums."""
    await fold(uow.connection, [*KINDS, *_OF_OTHERS])


async def check_counts(uow: UnitOfWork) -> None:
    """Compares the counts with the rows. What differs, because somebody wrote rows past the triggers, is written to the
    log and corrected."""
    await uow.connection.execute("SET LOCAL statement_timeout = '5min'")
    if mended := await mend(uow.connection, KINDS, LIVE):
        log.error("counts_differed", cells=mended)


async def release_gender_balance(uow: UnitOfWork) -> None:
    """Publishes the gender balance of today, each place by itself and only where at least five more or fewer experts
    are published than when it was last published. What persons declare meanwhile moves no number."""
    found = {
        **dict.fromkeys((*COUNTRIES, *REGIONS), (0, dict.fromkeys(GENDERS, 0))),
        **balances(await declared(uow.connection)),
    }
    columns = [[numbers[name] for _, numbers in found.values()] for name in GENDERS]
    wholes = [whole for whole, _ in found.values()]
    await uow.connection.execute(_RELEASE, today(), list(found), wholes, *columns, STEP)
