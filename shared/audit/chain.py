"""The chain of the audit trail. The relay's leader extends it in the tick that gives facts their positions.

Each entry has the id of its fact. Its link follows the previous link in the order of the feed. A checkpoint signs the
chain every minute, even without new entries, so that a truncated end is detected. Once a day the relay creates
partitions ahead and begins to retire the oldest month once its retention is over: a part of its links each second, then
the month.
"""

import time
from collections.abc import Callable

import asyncpg
import structlog

from shared.audit.checkpoints import Sealing, TrailAltered
from shared.configuration.settings import Settings
from shared.database.statements import Connection, Row
from shared.observability import metrics

log = structlog.get_logger(__name__)
_AT_ONCE = 20_000
_MINUTE = 60.0
_DAY = 86_400.0
_HOUR = 3600.0
_SECOND = 1.0
_PATIENCE = 60.0
"""Seconds that retiring a part of a month may take."""
_HEAD = """
SELECT position, hash, least(position + $1, (SELECT max(position) FROM core_fact)) AS upto FROM core_audit_head
"""
_LINK = """
WITH facts AS MATERIALIZED (
    SELECT position, fact FROM core_fact WHERE position > $1 AND position <= $2
        AND position NOT IN (SELECT position FROM core_audit_link WHERE position > $1 AND position <= $2)
    ORDER BY position LIMIT $4
), linked AS (
    INSERT INTO core_audit_link (position, entry, hash)
    SELECT t.position, t.fact, core_audit_chain($3, t.position, t.fact, a.content_hash) OVER (ORDER BY t.position)
    FROM facts t CROSS JOIN LATERAL (SELECT content_hash FROM core_audit WHERE id = t.fact LIMIT 1) a
    RETURNING position, hash
)
UPDATE core_audit_head SET position = $2, hash = coalesce((SELECT hash FROM linked ORDER BY position DESC LIMIT 1), $3)
"""
"""One index lookup in one partition for each fact, whatever row count the planner expects."""
_BY_INDEX, _AS_USUAL = "SET LOCAL enable_seqscan = off", "SET LOCAL enable_seqscan = on"
"""A plan is kept for long, also one from when a month was empty: without these, it reads the month for each fact."""


class Chain:
    """A sequencer for the relay. `every` is the number of seconds between checkpoints, `part` the most links of an old
    month that are deleted at once."""

    def __init__(
        self,
        settings: Settings,
        *,
        every: float = _MINUTE,
        part: int = 50_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._years = settings.audit_years
        self._sealing = Sealing(settings.secret_key.get_secret_value().encode())
        self._every = every
        self._part = part
        self._clock = clock
        self._next_checkpoint = self._next_rotation = clock()

    async def __call__(self, connection: Connection) -> None:
        """Links the new positions, at most 20,000 entries, within the caller's transaction. Makes checkpoints and
        rotates partitions when they are due."""
        head: Row = await connection.fetchrow(_HEAD, _AT_ONCE)
        if head["upto"] is not None and head["upto"] > head["position"]:
            await connection.execute(_BY_INDEX)
            await connection.execute(_LINK, head["position"], head["upto"], head["hash"], _AT_ONCE)
            await connection.execute(_AS_USUAL)
        began = self._clock()
        if began >= self._next_rotation:
            self._next_rotation = began + await self._rotate_partitions(connection)
        if began >= self._next_checkpoint:
            self._next_checkpoint = began + self._every
            await self._seal(connection)

    async def _seal(self, connection: Connection) -> None:
        try:
            await self._sealing.seal(connection)
        except TrailAltered as altered:
            metrics.AUDIT_FAULTS.inc()
            log.error("audit_trail_altered", found=str(altered))

    async def _rotate_partitions(self, connection: Connection) -> float:
        """Seconds until the next call. Writers wait at most two seconds for it; otherwise the next call retries."""
        try:
            async with connection.transaction():
                await connection.execute("SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = 0")
                await connection.execute("SELECT core_audit_make_partitions()")
                dropped = await connection.fetchrow(
                    "SELECT last, last_hash FROM core_audit_retire($1, $2)", self._years, self._part, timeout=_PATIENCE
                )
                if dropped is not None:
                    await self._sealing.begin_after(connection, dropped["last"], dropped["last_hash"])
                    log.info("audit_retired", position=dropped["last"])
        except (asyncpg.LockNotAvailableError, TrailAltered) as failure:
            log.warning("audit_not_turned", found=str(failure))
            return _HOUR
        return _DAY if dropped is None else _SECOND
