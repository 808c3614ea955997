"""The job that mails invitations to review centres."""

from uuid import UUID

from services.membership.selection.review_invitations.operations import SEND_INVITATION, send
from services.membership.settings import MembershipSettings
from shared.mail.jobs import mail_job
from shared.mail.sealing import MailSeal
from shared.messaging.job_run import JobHandlers


def job_handlers(settings: MembershipSettings) -> JobHandlers:
    """The handler that mails invitations to review a centre."""
    seal = MailSeal(settings)
    return mail_job(
        SEND_INVITATION,
        lambda uow, of: send(uow, seal, UUID(of["reviewer"]), settings.page, is_reminder=of["is_reminder"]),
    )
