"""The mails of access: what is done before each is sent, the first one to a new account, and what time does."""

from typing import Any
from uuid import UUID

from services.access.account_mail import operations
from services.access.account_mail.domain import LETTERS
from services.access.accounts import queries as accounts
from services.access.accounts.operations import WELCOME
from services.access.settings import AccessSettings
from shared.database.unit_of_work import UnitOfWork
from shared.mail.sealing import MailSeal
from shared.mail.sending import forget_mails, mail_handlers
from shared.messaging.job_run import JobHandlers, JobRun


def job_handlers(settings: AccessSettings) -> JobHandlers:
    """Sending mails, and welcoming new accounts."""
    seal = MailSeal(settings)

    async def welcome(run: JobRun) -> dict[str, Any]:
        """Invites an account without a password to choose one, and asks one with a password to verify its address."""
        async with run.unit_of_work() as uow:
            account = await accounts.to_welcome(uow.connection, UUID(run.payload["account"]))
            if account is None or not await run.once(uow, WELCOME):
                return {"invited": False}
            letter = "verification" if account["has_password"] else "invitation"
            operations.ask(uow, seal, letter, account["email"], account["language"], settings.page)
        return {"invited": True}

    return {WELCOME: welcome, **mail_handlers(settings, dict.fromkeys(LETTERS, operations.prepare))}


async def forget_account_mail(uow: UnitOfWork) -> None:
    """Drops tokens that are over, and what is personal in mails that could not be sent."""
    await operations.forget(uow)
    await forget_mails(uow)
