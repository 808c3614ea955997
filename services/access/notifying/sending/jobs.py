"""Replays, mails about failing webhooks, and retention."""

from typing import Any

from services.access.notifying.sending import mails
from services.access.notifying.webhooks import deliveries, replaying
from services.access.settings import AccessSettings
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.principal import SYSTEM
from shared.mail.sealing import MailSeal
from shared.messaging.job_run import JobHandlers, JobRun
from shared.messaging.outbox import defer

MAIL_JOB = "mail_about_webhooks"


def job_handlers(settings: AccessSettings) -> JobHandlers:
    """The handlers of replays and mails."""
    seal = MailSeal(settings)

    async def mail(run: JobRun) -> dict[str, Any]:
        async with run.unit_of_work() as uow:
            return {"mails": await mails.mail_about_failing(uow, seal, settings.issuer)}

    return {**replaying.job_handlers(), MAIL_JOB: mail}


async def plan_mails(uow: UnitOfWork) -> None:
    """Assigns the mails about failing webhooks to the worker, if any are due."""
    if await mails.is_any_due(uow.connection):
        defer(uow, "access", MAIL_JOB, {}, created_by=SYSTEM.label)


async def tidy(uow: UnitOfWork) -> None:
    """Makes and drops partitions, and deletes what is stored no longer."""
    await deliveries.tidy(uow.connection)
