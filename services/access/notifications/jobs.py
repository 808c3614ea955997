"""Enqueues the mails of notifications."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from services.access.notifications import operations
from services.access.notifications.operations import DIGEST, DIGEST_JOB, MAIL_JOB, TEMPLATE, prepare
from services.access.settings import AccessSettings
from shared.database.unit_of_work import UnitOfWork
from shared.mail.sealing import MailSeal
from shared.mail.sending import Preparation
from shared.messaging.job_run import JobHandlers, JobRun

PREPARATIONS: dict[str, Preparation] = {TEMPLATE: prepare, DIGEST: prepare}


def job_handlers(settings: AccessSettings) -> JobHandlers:
    """The handlers that enqueue mails and digests. An attempt continues where the last one stopped."""
    seal, origin = MailSeal(settings), settings.issuer.rstrip("/")

    async def mail(run: JobRun) -> dict[str, Any]:
        return await _repeat(run, lambda uow: operations.mail_waiting(uow, seal, origin))

    async def digest(run: JobRun) -> dict[str, Any]:
        before = datetime.fromisoformat(run.payload["before"])
        return await _repeat(run, lambda uow: operations.mail_digests(uow, seal, origin, before))

    return {MAIL_JOB: mail, DIGEST_JOB: digest}


async def _repeat(run: JobRun, act: Callable[[UnitOfWork], Awaitable[int]]) -> dict[str, Any]:
    """Acts in transactions of its own until nothing is left."""
    count, taken = 0, 1
    while taken:
        async with run.unit_of_work() as uow:
            taken = await act(uow)
        count += taken
    return {"notifications": count}
