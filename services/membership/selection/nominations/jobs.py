"""The job that mails nominators."""

from uuid import UUID

from services.membership.selection.nominations.confirmation import send
from services.membership.selection.nominations.operations import SEND_NOMINATION
from services.membership.settings import MembershipSettings
from shared.mail.jobs import mail_job
from shared.mail.sealing import MailSeal
from shared.messaging.job_run import JobHandlers


def job_handlers(settings: MembershipSettings) -> JobHandlers:
    """The handler of mails to nominators."""
    seal = MailSeal(settings)
    return mail_job(
        SEND_NOMINATION,
        lambda uow, of: send(uow, seal, UUID(of["nomination"]), of["template"], of["asked"], settings.page),
    )
