"""The job that asks authors without a record to confirm."""

from typing import Any
from uuid import UUID

from services.actions.global_report.contributions import confirming
from services.actions.global_report.contributions.operations import ASK_AUTHORS
from services.actions.settings import ActionsSettings
from shared.mail.sealing import MailSeal
from shared.messaging.job_run import JobHandlers, JobRun


def author_jobs(settings: ActionsSettings) -> JobHandlers:
    """The handler that asks authors by mail to confirm."""
    seal = MailSeal(settings)

    async def ask_authors(run: JobRun) -> dict[str, Any]:
        key, after = UUID(run.payload["contribution"]), run.payload["after"]
        async with run.unit_of_work() as uow:
            if not await run.once(uow, ASK_AUTHORS):
                return {"sent": 0}
            return {"sent": await confirming.ask(uow, seal, key, after, settings.page)}

    return {ASK_AUTHORS: ask_authors}
