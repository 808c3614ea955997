"""The job that mails claim links, and the end of mailed tokens."""

from uuid import UUID

from services.membership.register.claims.operations import send
from services.membership.register.experts.operations import SEND_CLAIM
from services.membership.settings import MembershipSettings
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.mail import tokens
from shared.mail.jobs import mail_job
from shared.mail.sealing import MailSeal
from shared.messaging.job_run import JobHandlers


def job_handlers(settings: MembershipSettings) -> JobHandlers:
    """The handler that mails the link to claim a record."""
    seal = MailSeal(settings)
    return mail_job(
        SEND_CLAIM,
        lambda uow, of: send(
            uow, seal, UUID(of["expert"]), UUID(of["account"]) if of["account"] else None, settings.page
        ),
    )


async def delete_expired_tokens(uow: UnitOfWork) -> None:
    """Deletes mailed tokens that have expired."""
    await tokens.delete_expired(uow.connection, "membership", now())
