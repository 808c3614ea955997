"""The job that mails signers the decision of the office."""

from typing import Any
from uuid import UUID

from services.membership.initiatives.supports.operations import SEND_DECISION
from services.membership.issuing.support_mails import operations
from services.membership.settings import MembershipSettings
from shared.kernel.errors import NotFound
from shared.mail.sealing import MailSeal
from shared.messaging.job_run import JobHandlers, JobRun


def job_handlers(settings: MembershipSettings) -> JobHandlers:
    """The handler that mails the decision on a support."""
    seal = MailSeal(settings)

    async def send_decision(run: JobRun) -> dict[str, Any]:
        key = UUID(run.payload["support"])
        async with run.unit_of_work() as uow:
            if not await run.once(uow, SEND_DECISION):
                return {"sent": False}
            try:
                sent = await operations.send(uow, seal, key, settings.page, settings.issuer)
            except NotFound:
                sent = False
        return {"sent": sent}

    return {SEND_DECISION: send_decision}
