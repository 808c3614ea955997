"""The job that mails claim links, and the end of mailed tokens."""

from typing import Any
from uuid import UUID

from services.membership.register.claims import operations
from services.membership.register.experts.operations import SEND_CLAIM
from services.membership.settings import MembershipSettings
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.errors import NotFound
from shared.mail import tokens
from shared.mail.sealing import MailSeal
from shared.messaging.job_run import JobHandlers, JobRun


def job_handlers(settings: MembershipSettings) -> JobHandlers:
    """The handler that mails the link to claim a record."""
    seal = MailSeal(settings)

    async def send_claim(run: JobRun) -> dict[str, Any]:
        """Mails the link with which a person claims their record."""
        account = run.payload["account"]
        async with run.unit_of_work() as uow:
            if not await run.once(uow, SEND_CLAIM):
                return {"sent": False}
            try:
                sent = await operations.send(
                    uow, seal, UUID(run.payload["expert"]), UUID(account) if account else None, settings.page
                )
            except NotFound:
                sent = False
        return {"sent": sent}

    return {SEND_CLAIM: send_claim}


async def delete_expired_tokens(uow: UnitOfWork) -> None:
    """Deletes mailed tokens that have expired."""
    await tokens.delete_expired(uow.connection, "membership", now())
