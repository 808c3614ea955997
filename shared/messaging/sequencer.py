"""The relay in the database: gives committed facts their positions, and assigns rows to their consumers."""

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeAlias
from uuid import UUID

from shared.database.statements import Connection, Row
from shared.messaging.queue import QueueMessage
from shared.messaging.work_store import QUEUE_OF_BATCH, QUEUE_OF_JOB, LeaseLost

Sequencer: TypeAlias = Callable[[Connection], Awaitable[object]]
"""Orders committed rows of another kind after the facts, in the leader's transaction."""

BATCH = 200
_WINDOW = 20_000
LEASE = "relay"

_LEAD = """
INSERT INTO core_lease (name, holder, fence, expires_at)
VALUES ($1, $2, 1, clock_timestamp() + make_interval(secs => $3))
ON CONFLICT (name) DO UPDATE SET holder = $2, fence = core_lease.fence + 1, expires_at = excluded.expires_at
WHERE core_lease.expires_at < clock_timestamp() RETURNING fence
"""
_RELEASE = "UPDATE core_lease SET expires_at = clock_timestamp() WHERE name = $1 AND holder = $2 AND fence = $3"
_SEQUENCE = """
WITH lease AS (
    SELECT position, expires_at FROM core_lease WHERE name = $1 AND holder = $2 AND fence = $3 FOR UPDATE
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
        expires_at = clock_timestamp() + make_interval(secs => $5)
    FROM total, lease WHERE l.name = $1 AND (total.moved > 0 OR lease.expires_at < clock_timestamp()
        + make_interval(secs => $5 / 2))
)
SELECT lease.position + total.moved AS head, total.moved FROM lease, total
"""
_DISPATCH = f"""
WITH due AS (
    SELECT service, bulk, position AS after, least(position + $2, $1) AS upto FROM core_consumer WHERE position < $1
), moved AS (
    UPDATE core_consumer c SET position = d.upto FROM due d WHERE c.service = d.service AND c.bulk = d.bulk
), facts AS MATERIALIZED (
    SELECT d.service, d.bulk, f.position, f.type
    FROM due d JOIN core_fact f ON f.position > d.after AND f.position <= d.upto AND f.bulk = d.bulk
), matching AS MATERIALIZED (
    SELECT s.service, f.type, s.pattern
    FROM (SELECT DISTINCT type FROM facts) f JOIN core_subscription s ON
        f.type = s.pattern OR (right(s.pattern, 1) = '*' AND starts_with(f.type, rtrim(s.pattern, '*')))
), wanted AS (
    SELECT f.service, f.bulk, f.position, m.pattern,
        (dense_rank() OVER (PARTITION BY f.service, f.bulk ORDER BY f.position) - 1) / $3 AS chunk
    FROM facts f JOIN matching m USING (service, type)
)
INSERT INTO core_batch (service, bulk, positions, patterns, notified)
SELECT service, bulk, array_agg(DISTINCT position), array_agg(DISTINCT pattern), true
FROM wanted GROUP BY service, bulk, chunk ORDER BY min(position)
RETURNING id, service, {QUEUE_OF_BATCH} AS queue, attempts
"""  # noqa: S608
_NOTIFY_BATCHES, _NOTIFY_JOBS = (
    f"""
UPDATE {table} SET notified = true WHERE status = 'queued' AND NOT notified AND due_at <= clock_timestamp()
RETURNING id, service, {queue} AS queue, attempts
"""  # noqa: S608
    for table, queue in (("core_batch", QUEUE_OF_BATCH), ("core_job", QUEUE_OF_JOB))
)
_RECLAIM_BATCHES = """
WITH late AS (
    SELECT id, service, bulk, positions, patterns, attempts, cardinality(positions) > 1 AS many FROM core_batch
    WHERE status = 'running' AND lease_expires_at < clock_timestamp() ORDER BY lease_expires_at LIMIT 100
    FOR UPDATE SKIP LOCKED
), parts AS (
    INSERT INTO core_batch (service, bulk, positions, patterns)
    SELECT service, bulk, ARRAY[position], patterns FROM late, unnest(positions) position WHERE many ORDER BY position
)
UPDATE core_batch b SET lease_expires_at = NULL, notified = false, error = coalesce(b.error, 'lease ran out'),
    status = CASE WHEN many THEN 'split' WHEN late.attempts >= $1 THEN 'failed' ELSE 'queued' END,
    finished_at = CASE WHEN many OR late.attempts >= $1 THEN clock_timestamp() END,
    due_at = clock_timestamp()
        + make_interval(secs => least($2 * 2 ^ (late.attempts - 1), 300) * (0.8 + random() * 0.4))
FROM late WHERE b.id = late.id
"""
_RECLAIM_JOBS = """
WITH late AS (
    SELECT id, attempts >= $1 AS over FROM core_job
    WHERE status = 'running' AND lease_expires_at < clock_timestamp() ORDER BY lease_expires_at LIMIT 100
    FOR UPDATE SKIP LOCKED
)
UPDATE core_job j SET lease_expires_at = NULL, notified = false, error = coalesce(j.error, 'lease ran out'),
    status = CASE WHEN cancel_requested THEN 'cancelled' WHEN over THEN 'failed' ELSE 'queued' END,
    problem = CASE WHEN over AND NOT cancel_requested
        THEN jsonb_build_object('code', 'internal_error', 'detail', 'The job failed ' || attempts || ' times.') END,
    finished_at = CASE WHEN over OR cancel_requested THEN clock_timestamp() END,
    due_at = clock_timestamp() + make_interval(secs => least($2 * 2 ^ (attempts - 1), 300) * (0.8 + random() * 0.4))
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
        """The leader, if nobody else holds the lease now. `lease` is in seconds."""
        fence = await connection.fetchval(_LEAD, LEASE, holder, lease)
        return None if fence is None else cls(connection, holder, fence, lease)

    async def resign(self) -> None:
        """Releases the lease, so that another relay can lead at once."""
        await self._connection.execute(_RELEASE, LEASE, self._holder, self._fence)

    async def tick(
        self,
        chunk: int,
        sequencers: Iterable[Sequencer],
        reclaim: tuple[int, float] | None,
    ) -> tuple[int, list[QueueMessage]]:
        """One transaction: positions for at most `chunk` facts, rows for their consumers, due jobs.

        With `reclaim` (most attempts, first backoff in seconds) also reclaims expired leases and queues due retries.
        Returns the number of moved facts and the messages to send. Raises LeaseLost if another relay leads.
        """
        connection = self._connection
        async with connection.transaction():
            row = await connection.fetchrow(_SEQUENCE, LEASE, self._holder, self._fence, chunk, self._lease)
            if row is None:
                raise LeaseLost
            for sequencer in sequencers:
                await sequencer(connection)
            rows: list[Row] = await connection.fetch(_DISPATCH, row["head"], _WINDOW, BATCH)
            if reclaim is not None:
                await connection.execute(_RECLAIM_BATCHES, *reclaim)
                await connection.execute(_RECLAIM_JOBS, *reclaim)
                rows += await connection.fetch(_NOTIFY_BATCHES)
            rows += await connection.fetch(_NOTIFY_JOBS)
        return row["moved"], [QueueMessage(r["service"], r["queue"], r["id"], r["attempts"]) for r in rows]
