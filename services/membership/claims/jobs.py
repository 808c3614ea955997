"""The mails of membership, and the pairs that follow from a rejected claim."""

from typing import Any
from uuid import UUID

from services.membership.claims import operations
from services.membership.claims.domain import PURPOSE
from services.membership.claims.operations import PAIR_JOB
from services.membership.duplicates import pairs
from services.membership.duplicates.operations import claimed_pair
from services.membership.experts.operations import SEND_CLAIM
from services.membership.settings import MembershipSettings
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.errors import NotFound
from shared.mail import tokens
from shared.mail.sealing import MailSeal
from shared.mail.sending import mail_handlers
from shared.messaging.job_run import JobHandlers, JobRun


def job_handlers(settings: MembershipSettings) -> JobHandlers:
    """The handlers that send mails with links and make pairs."""
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

    return {SEND_CLAIM: send_claim, PAIR_JOB: pair, **mail_handlers(settings, {PURPOSE: operations.prepare})}


async def pair(run: JobRun) -> dict[str, Any]:
    """Makes a pair of two records that one account claims."""
    keys = [UUID(run.payload[name]) for name in ("a", "b")]
    async with run.unit_of_work() as uow:
        found = await claimed_pair(uow.connection, keys)
        return {"pairs": await pairs.record(uow, "experts", found, "entry")}


async def delete_expired_tokens(uow: UnitOfWork) -> None:
    """Deletes mailed tokens that have expired."""
    await tokens.delete_expired(uow.connection, "membership", now())
