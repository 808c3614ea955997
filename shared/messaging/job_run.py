"""A running job, as its handler receives it."""

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
    """Raised by a handler that stops because `cancelled` is set. The job ends as `cancelled`."""


class JobRun:
    """One attempt at a job. Effects that earlier attempts committed remain.

    If the handler sets `result_url`, `GET /jobs/{id}` returns it.
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
        """The label of the principal who requested the job, such as `account:0199…`."""
        return self._job.created_by

    @property
    def attempt(self) -> int:
        """The number of the attempt, from 1."""
        return self._job.attempts

    @asynccontextmanager
    async def unit_of_work(
        self, context: AccessContext = SYSTEM_CONTEXT, origin: Origin | None = None
    ) -> AsyncIterator[UnitOfWork]:
        """A transaction that commits only while this worker holds the job's lease. Otherwise raises LeaseLost at its
        end."""
        origin = origin or Origin(request_id=str(self.id), traceparent=self._job.traceparent)
        with spans.effect(f"transaction of {self._job.job_type}"):
            async with unit_of_work(self.database, context, origin) as uow:
                yield uow
                await uow.flush()
                await self._store.assert_lease(uow.connection, self._job)
        if has_left(uow):
            self._notifier.notify(uow.principals)

    async def once(self, uow: UnitOfWork, checkpoint: str) -> bool:
        """Records a checkpoint of this job in this transaction. False if an earlier attempt committed it."""
        return await enter_once(uow.connection, self.id, f"job:{checkpoint}")

    async def is_awaited(self) -> bool:
        """Whether a bulk job of the system should yield to one that somebody ordered. Work that a schedule resumes
        should then end. Always false ten minutes after its creation."""
        if self.created_by != SYSTEM.label:
            return False
        async with self.database.acquire() as connection:
            return await self._store.is_awaited(connection, self._job)

    async def progress(self, done: int, total: int | None = None) -> None:
        """Reports the progress, and reads whether cancellation was requested."""
        async with self.database.acquire() as connection:
            self.cancelled = await self._store.progress(connection, self._job, done, total)


JobHandler: TypeAlias = Callable[[JobRun], Awaitable[dict[str, Any] | None]]
"""Returns the job's `result`. An EscmError that the caller caused (invalid, conflict, …) fails the job at once; any
other error is retried, up to eight attempts."""
JobHandlers: TypeAlias = Mapping[str, JobHandler]
