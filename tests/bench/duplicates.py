"""Duplicates among a million experts: the time to find a new one's candidates, and the search through the whole
database by the real worker, with its peak memory."""

import asyncio
import random
import statistics
import time
from uuid import UUID

import asyncpg

from services.membership.linkage.record_linkage.names import blocking_keys
from services.membership.register.duplicates.operations import order_search
from services.membership.settings import MembershipSettings
from shared.database.context import SYSTEM_CONTEXT
from shared.database.ids import uuid7
from shared.database.pool import Database
from shared.database.statements import Row
from shared.database.unit_of_work import unit_of_work
from tests.bench.people import COUNTRY_CODES, names
from tests.bench.servers import ANY_CORE, API_CORE, Addresses, alone, peak_memory_mb, running

LOOKED_UP = 2_000
_LOOK = "SELECT escm.member_expert_namesakes($1, $2, $3, $4, '{}', NULL, NULL)"
_JOB = "SELECT status, result, attempts, error, finished_at - created_at AS took FROM core_job WHERE id = $1"
_ENDED = ("succeeded", "failed", "cancelled")


async def measure(at: Addresses, connection: asyncpg.Connection) -> dict[str, dict[str, object]]:
    """`duplicates_entry_p99_ms`, `duplicates_search_s` and `duplicates_rss_mb`."""
    entry = await _entry(connection)
    settings = MembershipSettings(database_url=at.postgres, redis_url=at.valkey)
    database = await Database.open(settings.database_dsn(), size=2)
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        job = await order_search(uow, "experts", whole=True)
    with running("relay", at, ANY_CORE), running("worker membership", at, API_CORE) as worker:
        ended, peak = await _end_of(database, job, worker)
    await database.close()
    if ended["status"] != "succeeded" or ended["attempts"] != 1:
        raise RuntimeError(f"{ended['status']} after {ended['attempts']} attempts: {ended['error']}")
    print(f"duplicates: {ended['result']}")
    return {
        "duplicates_entry_p99_ms": alone(entry, "ms"),
        "duplicates_search_s": alone(ended["took"].total_seconds(), "s"),
        "duplicates_rss_mb": alone(peak, "MB"),
    }


async def _entry(connection: asyncpg.Connection) -> float:
    """The candidates of people who are not in the register, or have another spelling there."""
    dice = random.Random(20261125)
    took = []
    for _ in range(LOOKED_UP):
        given, family = names(dice)
        keys = blocking_keys([{"given": given, "family": family}])
        arguments = (uuid7(), keys, f"{given} {family}".lower(), dice.choice(COUNTRY_CODES))
        began = time.perf_counter()
        await connection.fetchval(_LOOK, *arguments)
        took.append((time.perf_counter() - began) * 1000)
    return statistics.quantiles(took, n=100)[98]


async def _end_of(database: Database, job: UUID, worker: int) -> tuple[Row, float]:
    """The job's row after it has ended, and the worker's peak resident memory, in MB."""
    while True:
        peak = peak_memory_mb(worker)
        async with database.acquire() as connection:
            row = await connection.fetchrow(_JOB, job)
        if row["status"] in _ENDED:
            return row, peak
        await asyncio.sleep(0.5)
