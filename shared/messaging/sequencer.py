"""What the relay does in the database: gives committed facts their positions, and hands rows to their consumers."""

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeAlias
from uuid import UUID

from shared.database.statements import Connection, Row
from shared.messaging.queue import QueueMessage
from shared.messaging.work_store import LeaseLost

Sequencer: TypeAlias = Callable[[Connection], Awaitable[object]]
"""Puts committed rows of another kind in order, in the transaction of the one leader, after the facts'."""

BATCH = 200
_WINDOW = 20_000
LEASE = "relay"

_LEAD = """
INSERT INTO core_lease (name, holder, fence, until) VALUES ($1, $2, 1, clock_timestamp() + make_interval(secs => $3))
ON CONFLICT (name) DO UPDATE SET holder = $2, fence = core_lease.fence + 1, until = excluded.until
WHERE core_lease.until < clock_timestamp() RETURNING fence
"""
_RELEASE = "UPDATE core_lease SET until = clock_timestamp() WHERE name = $1 AND holder = $2 AND fence = $3"
_SEQUENCE = """
WITH lease AS (
    SELECT position, until FROM core_lease WHERE name = $1 AND holder = $2 AND fence = $3 FOR UPDATE
), moved AS (
    DELETE FROM core_outbox
    WHERE ctid = ANY(ARRAY(SELECT ctid FROM core_outbox WHERE EXISTS (SELECT FROM lease) ORDER BY id LIMIT $4))
    RETURNING *
), inserted AS (
    INSERT INTO core_fact (position, fact, type, time, subject, ref, version, country, country_left, visibility, link,
        traceparent, bulk)
    SELECT lease.position + row_number() OVER (ORDER BY m.id), m.fact, m.type, m.time, m.subject, m.ref, m.version,
        m.country, m.country_left, m.visibility, m.link, m.traceparent, m.bulk
    FROM moved m, lease
    RETURNING position
), total AS (
    SELECT count(*) AS moved FROM inserted
), advanced AS (
    UPDATE core_lease l SET position = l.position + total.moved,
        until = clock_timestamp() + make_interval(secs => $5)
    FROM total, lease WHERE l.name = $1 AND (total.moved > 0 OR lease.until < clock_timestamp()
        + make_interval(secs => $5 / 2))
)
SELECT lease.position + total.moved AS head, total.moved FROM lease, total
"""
_DISPATCH = """
WITH due AS (
    SELECT consumer, lane, position AS after, least(position + $2, $1) AS upto FROM core_consumer WHERE position < $1
), moved AS (
    UPDATE core_consumer c SET position = d.upto FROM due d WHERE c.consumer = d.consumer AND c.lane = d.lane
), wanted AS (
    SELECT d.consumer, d.lane, f.position, s.pattern,
        (dense_rank() OVER (PARTITION BY d.consumer, d.lane ORDER BY f.position) - 1) / $3 AS chunk
    FROM due d
    JOIN core_fact f ON f.position > d.after AND f.position <= d.upto AND f.bulk = (d.lane = 'bulk')
    JOIN core_subscription s ON s.consumer = d.consumer AND (
        f.type = s.pattern OR (right(s.pattern, 1) = '*' AND starts_with(f.type, rtrim(s.pattern, '*'))))
)
INSERT INTO core_batch (consumer, lane, positions, patterns, rung)
SELECT consumer, lane, array_agg(DISTINCT position), array_agg(DISTINCT pattern), true
FROM wanted GROUP BY consumer, lane, chunk ORDER BY min(position)
RETURNING id, consumer AS service, lane, 0 AS attempts
"""
_RING_JOBS = """
UPDATE core_job SET rung = true WHERE status = 'queued' AND NOT rung AND next_at <= clock_timestamp()
RETURNING id, service, CASE WHEN bulk THEN 'bulk_jobs' ELSE 'jobs' END AS lane, attempts
"""
_RING_BATCHES = """
UPDATE core_batch SET rung = true WHERE state = 'ready' AND NOT rung AND next_at <= clock_timestamp()
RETURNING id, consumer AS service, lane, attempts
"""
_REAP_BATCHES = """
WITH late AS (
    SELECT id, consumer, lane, positions, patterns, attempts, cardinality(positions) > 1 AS many FROM core_batch
    WHERE state = 'running' AND lease_until < clock_timestamp() ORDER BY lease_until LIMIT 100 FOR UPDATE SKIP LOCKED
), parts AS (
    INSERT INTO core_batch (consumer, lane, positions, patterns)
    SELECT consumer, lane, ARRAY[position], patterns FROM late, unnest(positions) position WHERE many ORDER BY position
)
UPDATE core_batch b SET lease_until = NULL, rung = false, error = coalesce(b.error, 'lease ran out'),
    state = CASE WHEN many THEN 'split' WHEN late.attempts >= $1 THEN 'dead' ELSE 'ready' END,
    finished_at = CASE WHEN many OR late.attempts >= $1 THEN clock_timestamp() END,
    next_at = clock_timestamp()
        + make_interval(secs => least($2 * 2 ^ (late.attempts - 1), 300) * (0.8 + random() * 0.4))
FROM late WHERE b.id = late.id
"""
_REAP_JOBS = """
WITH late AS (
    SELECT id, attempts >= $1 AS over FROM core_job
    WHERE status = 'running' AND lease_until < clock_timestamp() ORDER BY lease_until LIMIT 100 FOR UPDATE SKIP LOCKED
)
UPDATE core_job j SET lease_until = NULL, rung = false, error = coalesce(j.error, 'lease ran out'),
    status = CASE WHEN cancel_requested THEN 'cancelled' WHEN over THEN 'failed' ELSE 'queued' END,
    problem = CASE WHEN over AND NOT cancel_requested
        THEN jsonb_build_object('code', 'internal_error', 'detail', 'The job failed ' || attempts || ' times.') END,
    finished_at = CASE WHEN over OR cancel_requested THEN clock_timestamp() END,
    next_at = clock_timestamp() + make_interval(secs => least($2 * 2 ^ (attempts - 1), 300) * (0.8 + random() * 0.4))
FROM late WHERE j.id = late.id
"""


class Leader:
    """The one relay that holds the lease, on one connection."""

    def __init__(self, connection: Connection, holder: UUID, fence: int, lease: float) -> None:
        self._connection = connection
        self._holder = holder
        self._fence = fence
        self._lease = lease

    @classmethod
    async def elect(cls, connection: Connection, holder: UUID, lease: float) -> "Leader | None":
        """The leader, if nobody else holds the lease (seconds) now."""
        fence = await connection.fetchval(_LEAD, LEASE, holder, lease)
        return None if fence is None else cls(connection, holder, fence, lease)

    async def resign(self) -> None:
        """Lets another relay lead at once."""
        await self._connection.execute(_RELEASE, LEASE, self._holder, self._fence)

    async def tick(
        self,
        chunk: int,
        sequencers: Iterable[Sequencer],
        reap: tuple[int, float] | None,
    ) -> tuple[int, list[QueueMessage]]:
        """One transaction: positions for at most `chunk` facts, rows for their consumers, jobs that are due.

        With `reap` (most attempts, first backoff in seconds) also what leases ran out for, and what is due again.
        Answers how many facts were moved and whom to notify. Raises LeaseLost where another leads.
        """
        connection = self._connection
        async with connection.transaction():
            row = await connection.fetchrow(_SEQUENCE, LEASE, self._holder, self._fence, chunk, self._lease)
            if row is None:
                raise LeaseLost
            for sequencer in sequencers:
                await sequencer(connection)
            rows: list[Row] = await connection.fetch(_DISPATCH, row["head"], _WINDOW, BATCH)
            if reap is not None:
                await connection.execute(_REAP_BATCHES, *reap)
                await connection.execute(_REAP_JOBS, *reap)
                rows += await connection.fetch(_RING_BATCHES)
            rows += await connection.fetch(_RING_JOBS)
        return row["moved"], [QueueMessage(r["service"], r["lane"], r["id"], r["attempts"]) for r in rows]
