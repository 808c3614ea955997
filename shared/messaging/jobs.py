"""Queries on jobs and dead letters."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from shared.database.statements import Connection, Row
from shared.database.unit_of_work import UnitOfWork

_GET = """
SELECT id, service, job_type, status, done, total, result, result_url, problem, attempts, created_by, created_at,
    finished_at
FROM core_job WHERE id = $1
"""
_OWN = """
SELECT id, job_type, status, done, total, result, result_url, problem, attempts, created_at, finished_at
FROM core_job WHERE created_by = $1 AND service = ANY($2) AND ($3::uuid IS NULL OR id < $3) ORDER BY id DESC LIMIT $4
"""
_CANCEL = """
UPDATE core_job SET cancel_requested = true,
    status = CASE status WHEN 'queued' THEN 'cancelled' ELSE status END,
    finished_at = CASE status WHEN 'queued' THEN clock_timestamp() END
WHERE id = $1 AND status IN ('queued', 'running') RETURNING id
"""
_DEAD = """
SELECT b.id, 'fact' AS kind, b.service, f.type AS name, f.subject, b.attempts, b.error, b.finished_at AS at
FROM core_batch b LEFT JOIN core_fact f ON f.position = b.positions[1] WHERE b.status = 'failed'
UNION ALL
SELECT id, 'job', service, job_type, NULL, attempts, error, finished_at
FROM core_job WHERE status = 'failed' AND error IS NOT NULL
ORDER BY at DESC LIMIT $1
"""
_RUNNING = """
SELECT id, 'job' AS kind, service, job_type AS name, done, total, attempts, created_by, created_at,
    lease_expires_at < clock_timestamp() AS stalled
FROM core_job WHERE status = 'running'
UNION ALL
SELECT b.id, 'fact', b.service, f.type, NULL, NULL, b.attempts, NULL, b.created_at,
    b.lease_expires_at < clock_timestamp()
FROM core_batch b LEFT JOIN core_fact f ON f.position = b.positions[1] WHERE b.status = 'running'
ORDER BY created_at LIMIT $1
"""
_SHOW = """
SELECT b.id, 'fact' AS kind, b.service, f.type AS name, f.subject, b.status, b.attempts, b.error,
    uuid_extract_timestamp(b.id) AS created_at, NULL AS created_by, b.finished_at
FROM core_batch b LEFT JOIN core_fact f ON f.position = b.positions[1] WHERE b.id = $1
UNION ALL
SELECT id, 'job', service, job_type, NULL, status, attempts, error, created_at, created_by, finished_at
FROM core_job WHERE id = $1
"""
_REPLAY = """
WITH batch AS (
    UPDATE core_batch SET status = 'queued', attempts = 0, notified = false, due_at = clock_timestamp(),
        finished_at = NULL
    WHERE id = $1 AND status = 'failed' RETURNING id
), job AS (
    UPDATE core_job SET status = 'queued', attempts = 0, notified = false, due_at = clock_timestamp(),
        finished_at = NULL, problem = NULL, cancel_requested = false
    WHERE id = $1 AND status = 'failed' AND error IS NOT NULL RETURNING id
)
SELECT id FROM batch UNION ALL SELECT id FROM job
"""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A fact or job that was given up. `name` is the type of the fact or job; `error` holds no personal data."""

    id: UUID
    kind: Literal["fact", "job"]
    service: str
    name: str
    subject: UUID | None
    attempts: int
    error: str
    at: datetime


async def get(connection: Connection, job: UUID) -> Row | None:
    """The job's row. `problem` holds `code`, `detail` and `errors`. The caller checks the access."""
    return await connection.fetchrow(_GET, job)


async def ordered_by(
    connection: Connection, caller: str, services: Collection[str], before: UUID | None, limit: int
) -> list[Row]:
    """The jobs that a caller ordered from services, the newest first. Returns one more than `limit` if there are
    more."""
    return list(await connection.fetch(_OWN, caller, list(services), before, limit + 1))


async def cancel(uow: UnitOfWork, job: UUID) -> bool:
    """Ends a queued job, and requests a running one to stop. False if it has already ended."""
    return await uow.connection.fetchval(_CANCEL, job) is not None


async def dead(connection: Connection, limit: int = 200) -> list[DeadLetter]:
    """The dead letters, the latest first."""
    rows: list[Any] = await connection.fetch(_DEAD, limit)
    return [DeadLetter(**row) for row in rows]


async def running(connection: Connection, limit: int = 200) -> list[Row]:
    """The jobs and deliveries of facts that a worker has now, the oldest first; `stalled` if its lease is over."""
    return list(await connection.fetch(_RUNNING, limit))


async def show(connection: Connection, key: UUID) -> Row | None:
    """A job, or the delivery of facts, in any state; None if there is none, or no longer."""
    return await connection.fetchrow(_SHOW, key)


async def replay(uow: UnitOfWork, letter: UUID) -> bool:
    """Queues a dead letter again with all its attempts. False if there is none of this id."""
    return await uow.connection.fetchval(_REPLAY, letter) is not None
