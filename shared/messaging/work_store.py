"""The rows of batches and jobs. Leases follow the database's clock; fences stop workers that lost theirs.

A worker takes, renews, finishes or releases rows. It leaves failed ones with an expired lease, and the relay alone
decides: it splits a batch into its facts, and retries or gives up a single fact or job.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, Protocol, TypeAlias, TypeVar
from uuid import UUID

from shared.contracts.envelope import Fact
from shared.database.statements import Connection


class LeaseLost(Exception):
    """Another worker holds this work now; nothing of it may be committed here."""


class Work(Protocol):
    """A row that this worker holds."""

    @property
    def id(self) -> UUID: ...
    @property
    def fence(self) -> int: ...


LeasedWork = TypeVar("LeasedWork", bound=Work)
PRINTS = "print_"
"""How the types of jobs begin that print documents. They have a queue of their own, since each takes a processor."""
Key: TypeAlias = tuple[UUID, int]
"""A row's id and the fence under which it was taken."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Up to 200 facts for one service."""

    id: UUID
    fence: int
    attempts: int
    facts: tuple[Fact, ...]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Job:
    """A leased job's row."""

    id: UUID
    fence: int
    attempts: int
    job_type: str
    payload: dict[str, Any]
    created_by: str
    cancel_requested: bool
    traceparent: str | None
    created_at: datetime


QUEUE_OF_BATCH = "CASE WHEN bulk THEN 'bulk' ELSE 'normal' END"
QUEUE_OF_JOB = f"CASE WHEN bulk THEN 'bulk_jobs' WHEN starts_with(job_type, '{PRINTS}') THEN 'prints' ELSE 'jobs' END"
"""The queue of a worker that takes a row."""
_TAKE_BATCH = """
WITH next AS (
    SELECT id FROM core_batch
    WHERE service = $1 AND bulk = $2 AND status = 'queued' AND due_at <= clock_timestamp() AND patterns <@ $3::text[]
    ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
), taken AS (
    UPDATE core_batch b SET status = 'running', attempts = attempts + 1, fence = fence + 1, error = NULL,
        lease_holder = $4, lease_expires_at = clock_timestamp() + $5::interval
    FROM next WHERE b.id = next.id RETURNING b.id, b.fence, b.attempts, b.positions, b.created_at
)
SELECT t.id, t.fence, t.attempts, t.created_at, f.fact, f.type, f.time, f.subject, f.ref, f.version, f.country,
    f.country_left, f.visibility, f.link, f.traceparent, f.bulk
FROM taken t LEFT JOIN core_fact f ON f.position = ANY(t.positions) ORDER BY f.position
"""
_BUSY = """
SELECT principal FROM core_job
WHERE service = $1 AND bulk AND $2 AND status = 'running' AND lease_holder = $4
    AND lease_expires_at >= clock_timestamp()
"""
"""Principals with a running bulk job on this worker, which runs at most one for each."""
_SYSTEM_WAITS = "interval '10 minutes'"
"""How long bulk jobs of the system yield to jobs that somebody ordered."""
_TAKE_JOB = """
WITH RECURSIVE waiting AS (
    SELECT min(principal) AS principal FROM core_job WHERE service = $1 AND bulk = $2 AND status = 'queued'
    UNION ALL
    SELECT (SELECT min(principal) FROM core_job j
        WHERE service = $1 AND bulk = $2 AND status = 'queued' AND j.principal > w.principal)
    FROM waiting w WHERE w.principal IS NOT NULL
), next AS (
    SELECT job.id FROM waiting w
    CROSS JOIN LATERAL (SELECT max(last_taken_at) AS at FROM core_job j
        WHERE service = $1 AND bulk = $2 AND j.principal = w.principal) served
    CROSS JOIN LATERAL (SELECT id, due_at, created_at FROM core_job j
        WHERE service = $1 AND bulk = $2 AND status = 'queued' AND j.principal = w.principal
            AND due_at <= clock_timestamp() AND job_type = ANY($3::text[])
        ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED) job
    WHERE w.principal <> ALL(ARRAY({busy}))
        AND (w.principal <> 'system' OR job.created_at < clock_timestamp() - {system_waits} OR NOT EXISTS ({busy}))
    ORDER BY served.at NULLS FIRST, job.due_at LIMIT 1
)
UPDATE core_job j SET status = 'running', attempts = attempts + 1, fence = fence + 1, error = NULL, notified = true,
    lease_holder = $4, lease_expires_at = clock_timestamp() + $5::interval, last_taken_at = clock_timestamp()
FROM next WHERE j.id = next.id
RETURNING j.id, j.fence, j.attempts, j.job_type, j.payload, j.created_by, j.cancel_requested, j.traceparent,
    j.created_at
"""
"""Waiting principals alternate: next is the oldest job of the one served longest ago."""
_FINISH_BATCH = """
UPDATE core_batch SET status = 'succeeded', lease_expires_at = NULL, finished_at = clock_timestamp()
WHERE id = $1 AND fence = $2 AND status = 'running' RETURNING id
"""
_FINISH_JOB = """
UPDATE core_job SET status = $3, result = $4, result_url = $5, problem = $6, error = $7, lease_expires_at = NULL,
    finished_at = clock_timestamp()
WHERE id = $1 AND fence = $2 AND status = 'running' RETURNING id
"""
_HOLD_JOB = "SELECT id FROM core_job WHERE id = $1 AND fence = $2 AND status = 'running' FOR NO KEY UPDATE"
_AWAITED = """
SELECT $5::timestamptz > clock_timestamp() - {system_waits} AND (
    EXISTS ({busy} AND principal <> 'system')
    OR EXISTS (SELECT FROM core_job WHERE service = $1 AND bulk = $2 AND status = 'queued'
        AND due_at <= clock_timestamp() AND job_type = ANY($3::text[]) AND principal <> 'system'))
"""
_PROGRESS = """
UPDATE core_job SET done = $3, total = $4 WHERE id = $1 AND fence = $2 AND status = 'running' RETURNING cancel_requested
"""


_RENEW = """
UPDATE {table} r SET lease_expires_at = clock_timestamp() + $3::interval
FROM unnest($1::uuid[], $2::bigint[]) w(id, fence)
WHERE r.id = w.id AND r.fence = w.fence AND r.status = 'running' RETURNING r.id, r.fence, {cancelled} AS cancelled
"""
_RELEASE = """
UPDATE {table} SET status = 'queued', attempts = attempts - 1, lease_expires_at = NULL, notified = false,
    due_at = clock_timestamp()
WHERE id = $1 AND fence = $2 AND status = 'running'
"""
_FAIL = """
UPDATE {table} SET lease_expires_at = clock_timestamp(), error = $3 WHERE id = $1 AND fence = $2 AND status = 'running'
"""


class WorkStore(ABC, Generic[LeasedWork]):
    """The common part of batches and jobs."""

    def __init__(self, table: str, lease: timedelta, cancelled: str = "false") -> None:
        self._renew, self._release, self._fail = (
            statement.format(table=table, cancelled=cancelled) for statement in (_RENEW, _RELEASE, _FAIL)
        )
        self._lease = lease

    @abstractmethod
    async def take(self, connection: Connection) -> LeasedWork | None:
        """Takes the next due row under a lease; None if there is none."""

    async def renew(self, connection: Connection, held: Sequence[LeasedWork]) -> dict[Key, bool]:
        """Renews the leases. Returns the rows still held, each with whether its cancellation was requested."""
        rows = await connection.fetch(self._renew, [w.id for w in held], [w.fence for w in held], self._lease)
        return {(row["id"], row["fence"]): row["cancelled"] for row in rows}

    async def release(self, connection: Connection, work: LeasedWork) -> None:
        """Queues it again; the attempt does not count."""
        await connection.execute(self._release, work.id, work.fence)

    async def fail(self, connection: Connection, work: LeasedWork, error: str) -> None:
        """Ends the attempt as failed. `error` holds no personal data."""
        await connection.execute(self._fail, work.id, work.fence, error)


class BatchStore(WorkStore[Batch]):
    """Batches of one service, bulk or not, whose reactions this worker knows."""

    def __init__(self, service: str, bulk: bool, patterns: list[str], holder: str, lease: timedelta) -> None:
        super().__init__("core_batch", lease)
        self._arguments = (service, bulk, patterns, holder, lease)

    async def take(self, connection: Connection) -> Batch | None:
        rows = await connection.fetch(_TAKE_BATCH, *self._arguments)
        if not rows:
            return None
        first = rows[0]
        facts = tuple(Fact.of_row(row) for row in rows if row["fact"] is not None)
        return Batch(first["id"], first["fence"], first["attempts"], facts, first["created_at"])

    async def finish(self, connection: Connection, batch: Batch) -> None:
        """Finishes the batch, last in the transaction of its effect. Raises LeaseLost if the fence has changed."""
        if await connection.fetchval(_FINISH_BATCH, batch.id, batch.fence) is None:
            raise LeaseLost


class JobStore(WorkStore[Job]):
    """Jobs of one service, bulk or not, of the types that this worker knows."""

    def __init__(self, service: str, bulk: bool, job_types: list[str], holder: str, lease: timedelta) -> None:
        super().__init__("core_job", lease, cancelled="r.cancel_requested")
        self._take, self._awaited = (
            statement.format(busy=_BUSY, system_waits=_SYSTEM_WAITS) for statement in (_TAKE_JOB, _AWAITED)
        )
        self._arguments = (service, bulk, job_types, holder)

    async def take(self, connection: Connection) -> Job | None:
        row = await connection.fetchrow(self._take, *self._arguments, self._lease)
        return Job(**row) if row else None

    async def is_awaited(self, connection: Connection, job: Job) -> bool:
        """Whether the system's job must yield: another principal's job waits, or runs on this worker, and this one is
        recent."""
        return bool(await connection.fetchval(self._awaited, *self._arguments, job.created_at))

    async def assert_lease(self, connection: Connection, job: Job) -> None:
        """Locks the lease until the transaction ends. Raises LeaseLost if the fence has changed."""
        if await connection.fetchval(_HOLD_JOB, job.id, job.fence) is None:
            raise LeaseLost

    async def progress(self, connection: Connection, job: Job, done: int, total: int | None) -> bool:
        """Writes the progress. Returns whether cancellation was requested. Raises LeaseLost."""
        asked = await connection.fetchval(_PROGRESS, job.id, job.fence, done, total)
        if asked is None:
            raise LeaseLost
        return bool(asked)

    async def finish(
        self,
        connection: Connection,
        job: Job,
        status: str,
        *,
        result: dict[str, Any] | None = None,
        result_url: str | None = None,
        problem: dict[str, Any] | None = None,
        error: str | None = None,
    ) -> None:
        """Ends the job. Raises LeaseLost if the fence has changed."""
        ended = await connection.fetchval(_FINISH_JOB, job.id, job.fence, status, result, result_url, problem, error)
        if ended is None:
            raise LeaseLost
