"""Jobs that send one mail."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import NotFound
from shared.messaging.job_run import JobHandlers, JobRun

Send: TypeAlias = Callable[[UnitOfWork, Mapping[str, Any]], Awaitable[bool]]
"""Sends the mail of a job, by its payload. Returns whether there was one to send. Raises NotFound."""


def mail_job(job: str, send: Send) -> JobHandlers:
    """The handler of a job that sends a mail once, and none about what does not exist any more."""

    async def send_once(run: JobRun) -> dict[str, Any]:
        async with run.unit_of_work() as uow:
            if not await run.once(uow, job):
                return {"sent": False}
            try:
                return {"sent": await send(uow, run.payload)}
            except NotFound:
                return {"sent": False}

    return {job: send_once}
