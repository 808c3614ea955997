"""The mails of access: preparation before sending, the first mail to a new account, and scheduled deletion."""

from typing import Any
from uuid import UUID

from services.access.notifying.notifications.jobs import PREPARATIONS
from services.access.notifying.notifications.operations import prepare
from services.access.notifying.sending.mails import TEMPLATE as WEBHOOK_FAILING
from services.access.principals.accounts import credentials
from services.access.principals.accounts import queries as accounts
from services.access.principals.accounts.operations import NOTIFY_OLD_ADDRESS, SEND_RESET, WELCOME
from services.access.self_service.account_mail import new_address, operations
from services.access.self_service.account_mail.domain import INVITATION, LETTERS, NEW_ADDRESS, OLD_ADDRESS, REGISTRATION
from services.access.settings import AccessSettings
from services.access.signing_in.break_glass.domain import TEMPLATE as BREAK_GLASS_USED
from shared.database.unit_of_work import UnitOfWork
from shared.mail.outbox import post
from shared.mail.sealing import Mail, MailSeal
from shared.mail.sending import delete_old_mails, mail_handlers
from shared.messaging.job_run import JobHandlers, JobRun


def job_handlers(settings: AccessSettings) -> JobHandlers:
    """The handlers that send mails and welcome new accounts."""
    seal = MailSeal(settings)

    async def welcome(run: JobRun) -> dict[str, Any]:
        """Invites an account without a password to choose one; requests one with a password to verify its address."""
        async with run.unit_of_work() as uow:
            account = await accounts.usable(uow.connection, UUID(run.payload["account"]))
            if account is None or account.email_verified or not await run.once(uow, WELCOME):
                return {"invited": False}
            letter = INVITATION if account.password_hash is None else "verification"
            operations.ask(uow, seal, letter, account.email, account.language, settings.page)
        return {"invited": True}

    async def send_reset(run: JobRun) -> dict[str, Any]:
        """Mails a link to choose another password, on the request of an administrator."""
        async with run.unit_of_work() as uow:
            account = await accounts.usable(uow.connection, UUID(run.payload["account"]))
            if account is None or not await run.once(uow, SEND_RESET):
                return {"sent": False}
            operations.ask(uow, seal, "password_reset", account.email, account.language, settings.page)
        return {"sent": True}

    async def notify_old_address(run: JobRun) -> dict[str, Any]:
        """Notifies the previous address of an account of the change."""
        change = UUID(run.payload["change"])
        async with run.unit_of_work() as uow:
            notice = await credentials.to_notify(uow.connection, change)
            if notice is None or not await run.once(uow, NOTIFY_OLD_ADDRESS):
                return {"sent": False}
            mail = Mail(notice.old_email, OLD_ADDRESS, notice.language, {"name": notice.name})
            post(uow, seal, "access", mail)
            await credentials.notified(uow.connection, change)
        return {"sent": True}

    jobs: JobHandlers = {WELCOME: welcome, SEND_RESET: send_reset, NOTIFY_OLD_ADDRESS: notify_old_address}
    preparations = {
        **dict.fromkeys(LETTERS, operations.prepare),
        REGISTRATION: operations.prepare_registration,
        NEW_ADDRESS: new_address.prepare,
        OLD_ADDRESS: operations.as_it_is,
        BREAK_GLASS_USED: operations.as_it_is,
        **PREPARATIONS,
        WEBHOOK_FAILING: prepare,
    }
    return {**jobs, **mail_handlers(settings, preparations)}


async def delete_expired_mail(uow: UnitOfWork) -> None:
    """Deletes expired tokens, and personal data in mails that could not be sent."""
    await operations.delete_expired(uow)
    await credentials.delete_expired(uow.connection)
    await delete_old_mails(uow)
