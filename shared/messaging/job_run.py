"""A job while it runs: what its handler is given."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeAlias
from uuid import UUID

from shared.database.context import SYSTEM_CONTEXT, AccessContext
from shared.database.pool import Database
from shared.database.unit_of_work import Origin, UnitOfWork, unit_of_work
from shared.kernel.principal import SYSTEM
from shared.messaging.inbox import enter_once
from shared.messaging.notifier import Notifier
from shared.messaging.outbox import has_left
from shared.messaging.work_store import Job, JobStore
from shared.observability.spans import spans


class JobCancelled(Exception):
    """Raised by a handler that stops because `cancelled` is set; the job ends as `cancelled`."""


class JobRun:
    """One attempt at a job. It may be the second or the eighth: what earlier ones committed stands.

    `result_url`, where the handler sets it, is returned by `GET /jobs/{id}`.
    """

    def __init__(self, job: Job, store: JobStore, database: Database, notifier: Notifier) -> None:
        self.database = database
        self.cancelled = job.cancel_requested
        self.result_url: str | None = None
        self._job = job
        self._store = store
        self._notifier = notifier

    @property
    def id(self) -> UUID:
        return self._job.id

    @property
    def payload(self) -> dict[str, Any]:
        return self._job.payload

    @property
    def created_by(self) -> str:
        """The label of the principal who asked for it, such as `account:0199…`."""
        return self._job.created_by

    @property
    def attempt(self) -> int:
        """From 1."""
        return self._job.attempts

    @asynccontextmanager
    async def unit_of_work(
        self, context: AccessContext = SYSTEM_CONTEXT, origin: Origin | None = None
    ) -> AsyncIterator[UnitOfWork]:
        """A transaction that commits only while this worker holds the job. Raises LeaseLost on leaving otherwise."""
        origin = origin or Origin(request_id=str(self.id), traceparent=self._job.traceparent)
        with spans.effect(f"transaction of {self._job.job_type}"):
            async with unit_of_work(self.database, context, origin) as uow:
                yield uow
                await uow.flush()
                await self._store.assert_lease(uow.connection, self._job)
        if has_left(uow):
            self._notifier.notify()

    async def once(self, uow: UnitOfWork, checkpoint: str) -> bool:
        """Takes a step of this job in this transaction; False where an earlier attempt has committed it."""
        return await enter_once(uow.connection, self.id, f"job:{checkpoint}")

    async def is_awaited(self) -> bool:
        """Whether a bulk job of the system gives way to one that somebody ordered: a good moment to end for work that a
        schedule takes up again. Ten minutes after its order it gives way no more."""
        if self.created_by != SYSTEM.label:
            return False
        async with self.database.acquire() as connection:
            return await self._store.is_awaited(connection, self._job)

    async def progress(self, done: int, total: int | None = None) -> None:
        """Reports how far the job is, and learns whether its cancellation was asked for."""
        async with self.database.acquire() as connection:
            self.cancelled = await self._store.progress(connection, self._job, done, total)


JobHandler: TypeAlias = Callable[[JobRun], Awaitable[dict[str, Any] | None]]
"""Answers the job's `result`. Raising an EscmError of the caller's making (invalid, conflict, …) fails the job at once;
anything else is tried again, eight times in all."""
JobHandlers: TypeAlias = Mapping[str, JobHandler]
