"""A service's worker: reacts to facts, runs jobs and schedules. Any number of workers share the work."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

import structlog

from shared.configuration.settings import Settings
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import Origin, unit_of_work
from shared.kernel.clock import now
from shared.kernel.errors import ErrorCategory, EscmError
from shared.kernel.gc_tuning import freeze_started
from shared.messaging import schedules as ticks
from shared.messaging.inbox import Inbox, Reactions
from shared.messaging.job_run import JobCancelled, JobHandlers, JobRun
from shared.messaging.notifier import Notifier
from shared.messaging.outbox import has_left
from shared.messaging.queue import QueueReader
from shared.messaging.schedules import Schedules
from shared.messaging.supervision import end, every, keep_running, wait_for_stop
from shared.messaging.wakeup import POLL, WakeUp
from shared.messaging.work_queue import WorkQueue
from shared.messaging.work_store import PRINTS, Batch, BatchStore, Job, JobStore
from shared.observability import metrics
from shared.observability.spans import spans
from shared.observability.traces import traceparent

log = structlog.get_logger(__name__)
_REGISTER = """
WITH registered AS (
    INSERT INTO core_consumer (service, bulk) VALUES ($1, false), ($1, true)
    ON CONFLICT (service, bulk) DO UPDATE SET seen_at = clock_timestamp()
)
INSERT INTO core_subscription (service, pattern) SELECT $1, unnest($2::text[])
ON CONFLICT (service, pattern) DO UPDATE SET seen_at = clock_timestamp()
"""
_QUEUED = """
SELECT EXISTS (SELECT FROM core_batch WHERE service = $1 AND NOT bulk AND status = 'queued'
        AND due_at <= clock_timestamp() AND patterns <@ $2::text[]) AS normal,
    EXISTS (SELECT FROM core_batch WHERE service = $1 AND bulk AND status = 'queued'
        AND due_at <= clock_timestamp() AND patterns <@ $2::text[]) AS bulk,
    EXISTS (SELECT FROM core_job WHERE service = $1 AND NOT bulk AND status = 'queued'
        AND due_at <= clock_timestamp() AND job_type = ANY($3::text[])) AS jobs,
    EXISTS (SELECT FROM core_job WHERE service = $1 AND NOT bulk AND status = 'queued'
        AND due_at <= clock_timestamp() AND job_type = ANY($4::text[])) AS prints,
    EXISTS (SELECT FROM core_job WHERE service = $1 AND bulk AND status = 'queued'
        AND due_at <= clock_timestamp() AND job_type = ANY($3::text[])) AS bulk_jobs
"""
_REGISTER_EVERY = 60.0
BULK_SLOTS = 2
"""Bulk jobs that a worker runs at once, each of another principal."""
CONNECTIONS = 6
"""Connections of a worker: one for each of three batches and two jobs, and one for leases and schedules. A print uses
one of them only to read and to store."""
OF_BATCHES = 3
"""Connections that a worker without reactions does not have."""
BULK_CONNECTIONS = 4
"""Connections of its bulk jobs in addition. An import uses four: two batches, one that it plans ahead, its progress."""
_FINAL = frozenset(ErrorCategory) - {ErrorCategory.INTERNAL, ErrorCategory.UNAVAILABLE, ErrorCategory.RATE_LIMITED}


class Worker:
    """Works for one service until it is stopped or its task is cancelled.

    `lease` seconds after it dies or stalls, others take its work; a little earlier, PostgreSQL ends its transactions,
    so that their locks are released. On stopping, work that does not end within `patience` seconds is released and
    costs no attempt. `has_bulk_jobs`: it runs bulk jobs such as imports, and has connections for them. Without a
    notification it polls every `poll` seconds. `beside` is other work of its process, which ends with it.
    """

    def __init__(
        self,
        service: str,
        settings: Settings,
        reactions: Reactions,
        jobs: JobHandlers | None = None,
        schedules: Schedules | None = None,
        *,
        lease: float = 15.0,
        patience: float = 3.0,
        has_bulk_jobs: bool = False,
        poll: float = POLL,
        beside: Mapping[str, Callable[[], Awaitable[None]]] = MappingProxyType({}),
    ) -> None:
        self._service = service
        self._settings = settings
        self._inbox = Inbox(service, reactions)
        self._schedules = schedules or {}
        self._jobs = {**(jobs or {}), **ticks.job_handlers(self._schedules)}
        self._lease = lease
        self._patience = patience
        self._has_bulk_jobs = has_bulk_jobs
        self._beside = beside
        self._name = f"{service}@{socket.gethostname()}:{os.getpid()}"
        self._wakeup = WakeUp(service, poll=poll)
        self._stop = asyncio.Event()
        self._runs: dict[UUID, JobRun] = {}
        self.is_ready = False

    def stop(self) -> None:
        """Starts the end of `work`."""
        self.is_ready = False
        self._stop.set()

    async def work(self) -> None:
        """Works until `stop`. Survives the loss of Valkey and PostgreSQL. Raises TaskEnded if a part of it ends."""
        application = f"escm-worker-{self._service}"
        dsn = self._settings.database_dsn()
        self._database = await Database.open(
            dsn,
            size=CONNECTIONS
            - (0 if self._inbox.patterns else OF_BATCHES)
            + (BULK_CONNECTIONS if self._has_bulk_jobs else 0),
            application=application,
            idle_in_transaction=self._lease * 0.8,
        )
        self._notifier = Notifier(self._settings.redis_url)
        self._open_queues()
        reader = QueueReader(self._settings.redis_url, self._service, self._wake)
        takers = [asyncio.create_task(queue.run(), name=queue.name) for queue in self._queues.values()]
        helpers = [
            asyncio.create_task(keep_running(name, work, until=self._stop.is_set), name=name)
            for name, work in self._helpers(reader).items()
        ]
        freeze_started()
        log.info("started", service=self._service, worker=self._name)
        try:
            await wait_for_stop(self._stop, [*takers, *helpers])
        finally:
            self.stop()
            for queue in self._queues.values():
                queue.stop()
            reading = asyncio.create_task(reader.stop())
            await asyncio.wait([*takers, reading], timeout=self._patience)
            await asyncio.gather(*(queue.drain(self._patience) for queue in self._queues.values()))
            await end([*helpers, *takers, reading])
            await self._notifier.close()
            await self._database.close()
            log.info("stopped", service=self._service, worker=self._name)

    def _open_queues(self) -> None:
        lease = timedelta(seconds=self._lease)
        self._queues: dict[str, WorkQueue[Any]] = {}
        for name, slots in (("normal", 2), ("bulk", 1)):
            batches = BatchStore(self._service, name == "bulk", self._inbox.patterns, self._name, lease)
            self._queues[name] = WorkQueue(
                self._service, name, slots, self._database, batches, self._batch_runner(name, batches)
            )
        others, prints = self._job_types()
        for name, job_types, slots in (("jobs", others, 2), ("prints", prints, 1), ("bulk_jobs", others, BULK_SLOTS)):
            is_bulk = name == "bulk_jobs"
            jobs = JobStore(self._service, is_bulk, job_types, self._name, lease)
            run, stop = self._job_runner(name, jobs), self._ask_to_stop
            self._queues[name] = WorkQueue(
                self._service, name, slots, self._database, jobs, run, stop, looks_again=is_bulk
            )

    def _job_types(self) -> tuple[list[str], list[str]]:
        """The types of jobs that do not print, and those that do."""
        prints = {kind for kind in self._jobs if kind.startswith(PRINTS)}
        return sorted(self._jobs.keys() - prints), sorted(prints)

    def _helpers(self, reader: QueueReader) -> dict[str, Callable[[], Any]]:
        async def look() -> None:
            while True:
                await self._wakeup.wait()
                reader.look()
                if self._wakeup.is_poll_due():
                    await self._poll()

        shortest = min((schedule.every.total_seconds() for schedule in self._schedules.values()), default=60.0)
        return {
            "wakeup": lambda: self._wakeup.listen(self._settings.redis_url),
            "queue": reader.read,
            "look": look,
            "register": lambda: every(_REGISTER_EVERY, self._register),
            "leases": lambda: every(self._lease / 5, self._renew),
            "schedules": lambda: every(min(shortest / 4, 5.0), self._plan),
            **self._beside,
        }

    def _wake(self, queue: str) -> None:
        if queue in self._queues:
            self._queues[queue].wake()

    async def _register(self) -> None:
        async with self._database.acquire() as connection:
            await connection.execute(_REGISTER, self._service, self._inbox.patterns)

    async def _poll(self) -> None:
        try:
            async with self._database.acquire() as connection:
                row = await connection.fetchrow(_QUEUED, self._service, self._inbox.patterns, *self._job_types())
        except BaseException:
            self.is_ready = False
            raise
        self.is_ready = not self._stop.is_set()
        for queue, is_waiting in row.items():
            if is_waiting:
                self._wake(queue)

    async def _renew(self) -> None:
        async with self._database.acquire() as connection:
            for queue in self._queues.values():
                await queue.renew(connection)

    async def _plan(self) -> None:
        async with self._database.acquire() as connection:
            made = [
                await ticks.plan(connection, self._service, name, schedule)
                for name, schedule in self._schedules.items()
            ]
        if any(made):
            self._wake("jobs")

    def _batch_runner(self, queue: str, store: BatchStore) -> Callable[[Batch], Any]:
        async def run(batch: Batch) -> None:
            origin = Origin(request_id=str(batch.id))
            origins = (fact.traceparent for fact in batch.facts)
            with spans.attempt(f"{self._service} facts", origins, **{"escm.batch": str(batch.id)}):
                await react(batch, origin)
            present = now()
            latency = metrics.LATENCY.labels(self._service, queue)
            for fact in batch.facts:
                latency.observe((present - fact.time).total_seconds())

        async def react(batch: Batch, origin: Origin) -> None:
            async with unit_of_work(self._database, SYSTEM_CONTEXT, origin) as uow:
                await self._inbox.react(uow, batch.facts)
                await uow.flush()
                await store.finish(uow.connection, batch)
            if has_left(uow):
                self._notifier.notify(uow.principals)

        return run

    def _job_runner(self, queue: str, store: JobStore) -> Callable[[Job], Any]:
        async def run(job: Job) -> None:
            traceparent.set(job.traceparent)
            attempt = self._runs[job.id] = JobRun(job, store, self._database, self._notifier)
            with spans.attempt(f"{self._service} job {job.job_type}", [job.traceparent], **{"escm.job": str(job.id)}):
                try:
                    end = await self._end_of(job, attempt)
                finally:
                    del self._runs[job.id]
                async with self._database.acquire() as connection:
                    await store.finish(connection, job, **end)
            metrics.LATENCY.labels(self._service, queue).observe((now() - job.created_at).total_seconds())

        return run

    async def _end_of(self, job: Job, run: JobRun) -> dict[str, Any]:
        if run.cancelled:
            return {"status": "cancelled"}
        try:
            result = await self._jobs[job.job_type](run)
        except JobCancelled:
            return {"status": "cancelled"}
        except EscmError as error:
            if error.kind not in _FINAL:
                raise
            errors = [{"pointer": e.pointer, "code": e.code, "detail": e.detail} for e in error.errors]
            return {"status": "failed", "problem": {"code": error.code, "detail": error.detail, "errors": errors}}
        return {"status": "succeeded", "result": result, "result_url": run.result_url}

    def _ask_to_stop(self, job: UUID) -> None:
        with suppress(KeyError):
            self._runs[job].cancelled = True
