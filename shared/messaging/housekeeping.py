"""The measurements and the cleanup of the relay."""

import structlog

from shared.database.statements import Connection
from shared.messaging.work_store import QUEUE_OF_BATCH, QUEUE_OF_JOB
from shared.observability.metrics import ATTEMPTS, DEPTH, OLDEST

log = structlog.get_logger(__name__)
_CHUNK = 10_000
_ROUNDS = 20

_OPEN = (
    f"SELECT service, {queue} AS queue, status, attempts, created_at FROM {table} WHERE {condition}"  # noqa: S608
    for table, queue, failed in (
        ("core_batch", QUEUE_OF_BATCH, "status = 'failed'"),
        ("core_job", QUEUE_OF_JOB, "status = 'failed' AND error IS NOT NULL"),
    )
    for condition in ("status = 'queued'", "status = 'running'", failed)
)
_OPEN_WORK = f"""
WITH open AS (
    {" UNION ALL ".join(_OPEN)}
    UNION ALL SELECT 'relay', 'outbox', 'queued', 0, time FROM core_outbox
)
SELECT service, queue, status, count(*) AS depth, max(attempts) AS attempts,
    extract(epoch FROM clock_timestamp() - min(created_at))::float AS oldest
FROM open GROUP BY service, queue, status
"""  # noqa: S608
"""Each state by itself, so that its index is used."""
_RETIRE = """
WITH retired AS (
    DELETE FROM core_subscription s USING core_consumer c
    WHERE c.service = s.service AND NOT c.bulk AND s.seen_at < c.seen_at - interval '1 hour'
    RETURNING s.service, s.pattern
)
UPDATE core_batch b SET patterns = array_remove(b.patterns, r.pattern) FROM retired r
WHERE b.service = r.service AND b.status IN ('queued', 'failed') AND r.pattern = ANY(b.patterns)
"""
_ROTATE = """
SELECT core_idempotency_rotate_partitions()
WHERE to_regclass(format('core_idempotency_%s', to_char((now() AT TIME ZONE 'UTC')::date + 7, 'YYYYMMDD'))) IS NULL
"""
"""Partitions of responses stored under idempotency keys: created a week ahead, dropped after three days."""
_TRIM = "SELECT core_idempotency_trim($1, interval '1 hour', $2)"
"""Responses of the last hour stay, however many there are, because clients repeat requests soon."""
_BORN_BEFORE = (
    "rpad(lpad(to_hex((extract(epoch FROM now() - {} * interval '1 day') * 1000)::bigint), 12, '0'), 32, '0')::uuid"
)
"""The smallest UUIDv7 of so many days ago. Ids contain their time, so their index finds the old ones."""
_PURGES = tuple(
    purge.format(week=_BORN_BEFORE.format(7), feed=_BORN_BEFORE.format(90), longer=_BORN_BEFORE.format(97))
    for purge in (
        """
DELETE FROM core_batch WHERE id IN (
    SELECT id FROM core_batch WHERE id < {week} AND status IN ('succeeded', 'split') ORDER BY id LIMIT $1)
""",
        """
DELETE FROM core_batch WHERE id IN (SELECT id FROM core_batch WHERE id < {feed} AND status = 'failed' LIMIT $1)
""",
        """
WITH open AS (
    SELECT positions[1] AS position FROM core_batch WHERE status = 'queued'
    UNION ALL SELECT positions[1] FROM core_batch WHERE status = 'running'
    UNION ALL SELECT min(position) + 1 FROM core_consumer
), oldest AS (
    SELECT position, sequenced_at FROM core_fact ORDER BY position LIMIT $1
)
DELETE FROM core_fact WHERE position IN (
    SELECT position FROM oldest
    WHERE sequenced_at < now() - interval '90 days' AND position < (SELECT min(position) FROM open))
""",
        """
DELETE FROM core_inbox WHERE (fact, reaction) IN (
    SELECT fact, reaction FROM core_inbox WHERE fact < {longer} ORDER BY fact LIMIT $1)
""",
        """
DELETE FROM core_job WHERE id IN (
    SELECT id FROM core_job WHERE id < {feed} AND finished_at IS NOT NULL ORDER BY id LIMIT $1)
""",
        """
DELETE FROM core_schedule WHERE (name, tick) IN (
    SELECT name, tick FROM core_schedule s WHERE tick < now() - interval '7 days'
        AND EXISTS (SELECT FROM core_schedule later WHERE later.name = s.name AND later.tick > s.tick) LIMIT $1)
""",
    )
)


async def measure(connection: Connection) -> None:
    """Sets the gauges of the work store: depth, age and attempts of open rows, and the number of dead letters."""
    rows = await connection.fetch(_OPEN_WORK)
    for gauge in (DEPTH, OLDEST, ATTEMPTS):
        gauge.clear()
    for row in rows:
        DEPTH.labels(row["service"], row["queue"], row["status"]).set(row["depth"])
        if row["status"] == "queued":
            OLDEST.labels(row["service"], row["queue"]).set(row["oldest"])
            ATTEMPTS.labels(row["service"], row["queue"]).set(row["attempts"])


async def tidy(connection: Connection, responses_mebibytes: int) -> None:
    """Creates partitions of idempotency keys ahead, retires reactions that no worker has had for an hour, and deletes
    expired rows in small batches.

    Retention: facts, jobs and dead letters 90 days, the inbox a week longer, finished batches and ticks a week.
    Responses under idempotency keys: three days, within `responses_mebibytes`.
    """
    async with connection.transaction():
        await connection.execute("SET LOCAL lock_timeout = '1s'")
        await connection.execute(_ROTATE)
        if gone := await connection.fetchval(_TRIM, responses_mebibytes << 20, _CHUNK * _ROUNDS):
            log.warning("answers_over_bound", gone=gone)
    await connection.execute(_RETIRE)
    for purge in _PURGES:
        for _ in range(_ROUNDS):
            tag = await connection.execute(purge, _CHUNK)
            if tag != f"DELETE {_CHUNK}":
                break
