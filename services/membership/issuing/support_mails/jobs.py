"""The job that mails signers the decision of the office."""

from uuid import UUID

from services.membership.initiatives.supports.operations import SEND_DECISION
from services.membership.issuing.support_mails.operations import send
from services.membership.settings import MembershipSettings
from shared.mail.jobs import mail_job
from shared.mail.sealing import MailSeal
from shared.messaging.job_run import JobHandlers


def job_handlers(settings: MembershipSettings) -> JobHandlers:
    """The handler that mails the decision on a support."""
    seal = MailSeal(settings)
    return mail_job(SEND_DECISION, lambda uow, of: send(uow, seal, UUID(of["support"]), settings.page, settings.issuer))
