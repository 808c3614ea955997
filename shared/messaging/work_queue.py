"""A work queue: a worker takes work of one kind and runs it in a bounded number of slots."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Generic
from uuid import UUID

import structlog

from shared.database.pool import Database
from shared.database.statements import Connection
from shared.messaging.supervision import growing_pauses, is_transient
from shared.messaging.work_store import Key, LeasedWork, LeaseLost, WorkStore
from shared.observability.logs import describe
from shared.observability.metrics import HANDLED

log = structlog.get_logger(__name__)
_PAUSE = 0.25
_PARDONED = 1000


class WorkQueue(Generic[LeasedWork]):
    """Takes rows of one store and runs up to `slots` of them at once.

    With `looks_again` it also looks for work whenever some ends, because a row may have waited for that.
    """

    def __init__(
        self,
        service: str,
        name: str,
        slots: int,
        database: Database,
        store: WorkStore[LeasedWork],
        execute: Callable[[LeasedWork], Awaitable[None]],
        on_asked_to_stop: Callable[[UUID], None] = lambda _id: None,
        *,
        looks_again: bool = False,
    ) -> None:
        self.service = service
        self.name = name
        self._database = database
        self._store = store
        self._execute = execute
        self._on_asked_to_stop = on_asked_to_stop
        self._looks_again = looks_again
        self._slots = asyncio.Semaphore(slots)
        self._ready = asyncio.Event()
        self._running: dict[Key, tuple[LeasedWork, asyncio.Task[None]]] = {}
        self._lost: set[Key] = set()
        self._pardoned: dict[UUID, None] = {}
        self._stopping = False

    def wake(self) -> None:
        """Signals that something may be due."""
        self._ready.set()

    async def run(self) -> None:
        """Takes and runs until `stop`. Retries with growing pauses while the database is down."""
        pauses = growing_pauses(_PAUSE)
        while not self._stopping:
            await self._ready.wait()
            self._ready.clear()
            try:
                await self._take_all()
            except Exception as error:
                log.warning("not_taken", queue=self.name, error=describe(error))
                await asyncio.sleep(next(pauses))
                self._ready.set()
            else:
                pauses = growing_pauses(_PAUSE)

    async def _take_all(self) -> None:
        while not self._stopping:
            await self._slots.acquire()
            if self._stopping:
                return
            work = None
            try:
                async with self._database.acquire() as connection:
                    work = await self._store.take(connection)
            finally:
                if work is None:
                    self._slots.release()
            if work is None:
                return
            key = work.id, work.fence
            task = asyncio.get_running_loop().create_task(self._work(work))
            self._running[key] = work, task
            task.add_done_callback(partial(self._ended, key))
            await asyncio.sleep(0)

    def _ended(self, key: Key, _task: asyncio.Task[None]) -> None:
        self._running.pop(key, None)
        self._lost.discard(key)
        self._slots.release()
        if self._looks_again:
            self.wake()

    async def renew(self, connection: Connection) -> None:
        """Renews the leases of running work. Cancels work whose lease is lost."""
        running = dict(self._running)
        if not running:
            return
        held = await self._store.renew(connection, [work for work, _ in running.values()])
        for key, (work, task) in running.items():
            if key not in held and not task.done():
                self._lost.add(key)
                task.cancel()
            elif held.get(key):
                self._on_asked_to_stop(work.id)

    def stop(self) -> None:
        """Takes nothing more, so that `run` ends."""
        self._stopping = True
        self._ready.set()
        self._slots.release()

    async def drain(self, patience: float) -> None:
        """After the end of `run`: releases the work that does not end within `patience` seconds."""
        for limit in (patience, 1.0):
            tasks = [task for _, task in self._running.values()]
            if tasks:
                _, late = await asyncio.wait(tasks, timeout=limit)
                for task in late:
                    task.cancel()
        if self._running:
            await asyncio.wait([task for _, task in self._running.values()], timeout=1.0)

    async def _work(self, work: LeasedWork) -> None:
        outcome = await self._attempt(work)
        HANDLED.labels(self.service, self.name, outcome).inc()

    async def _attempt(self, work: LeasedWork) -> str:
        try:
            await self._execute(work)
        except LeaseLost:
            return "lost"
        except asyncio.CancelledError:
            if (work.id, work.fence) in self._lost:
                return "lost"
            await self._settle(lambda connection: self._store.release(connection, work))
            return "given_back"
        except Exception as error:
            words = describe(error)
            log.warning("failed", queue=self.name, work=str(work.id), error=words)
            if is_transient(error) and await self._pardon(work):
                return "given_back"
            await self._settle(lambda connection: self._store.fail(connection, work, words))
            return "failed"
        return "done"

    async def _pardon(self, work: LeasedWork) -> bool:
        """Releases work that failed because the database was down, so that the attempt does not count.

        If the database responds immediately, this applies only once per row: otherwise work that kills its own
        connection would be retried for ever.
        """
        if work.id in self._pardoned and await self._try(lambda connection: connection.execute("SELECT 1")):
            return False
        while len(self._pardoned) >= _PARDONED:
            self._pardoned.pop(next(iter(self._pardoned)))
        self._pardoned[work.id] = None
        await self._settle(lambda connection: self._store.release(connection, work))
        return True

    async def _settle(self, update: Callable[[Connection], Awaitable[object]]) -> None:
        """Writes the outcome of an attempt, and retries while the database is down, until `stop`."""
        pauses = growing_pauses(_PAUSE)
        while not await self._try(update):
            await asyncio.sleep(next(pauses))
            if self._stopping:
                return

    async def _try(self, update: Callable[[Connection], Awaitable[object]]) -> bool:
        try:
            async with self._database.acquire() as connection:
                await update(connection)
        except Exception as error:
            if not is_transient(error):
                raise
            return False
        return True
