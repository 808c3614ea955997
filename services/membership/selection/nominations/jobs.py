"""The job that mails nominators."""

from typing import Any
from uuid import UUID

from services.membership.selection.nominations import confirmation
from services.membership.selection.nominations.operations import SEND_NOMINATION
from services.membership.settings import MembershipSettings
from shared.kernel.errors import NotFound
from shared.mail.sealing import MailSeal
from shared.messaging.job_run import JobHandlers, JobRun


def job_handlers(settings: MembershipSettings) -> JobHandlers:
    """The handler of mails to nominators."""
    seal = MailSeal(settings)

    async def send_nomination(run: JobRun) -> dict[str, Any]:
        key, template = UUID(run.payload["nomination"]), run.payload["template"]
        async with run.unit_of_work() as uow:
            if not await run.once(uow, SEND_NOMINATION):
                return {"sent": False}
            try:
                sent = await confirmation.send(uow, seal, key, template, run.payload["asked"], settings.page)
            except NotFound:
                sent = False
        return {"sent": sent}

    return {SEND_NOMINATION: send_nomination}
