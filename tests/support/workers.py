"""Workers and relays that run while a test does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

import asyncpg

from shared.messaging.wakeup import WakeUp
from shared.messaging.worker import Worker


class Process(Protocol):
    def stop(self) -> None: ...

    async def work(self) -> None: ...


@asynccontextmanager
async def at_work(*processes: Process) -> AsyncIterator[None]:
    """Runs the processes while the block runs."""
    tasks = [asyncio.create_task(process.work()) for process in processes]
    try:
        yield
    finally:
        for process in processes:
            process.stop()
        await asyncio.gather(*tasks)


async def drop_jobs(database_url: str) -> None:
    """Deletes the jobs that other tests left, so that a worker does not run them first."""
    connection = await asyncpg.connect(database_url)
    await connection.execute("DELETE FROM escm.core_job WHERE status = 'queued'")
    await connection.close()


def without_relay(worker: Worker) -> Worker:
    """The worker, which looks for work fifty times a second, because nobody notifies it."""
    worker._wakeup = WakeUp(worker._service, poll=0.02)
    return worker
