"""The job that mails invitations to review centres."""

from typing import Any
from uuid import UUID

from services.membership.selection.review_invitations import operations
from services.membership.selection.review_invitations.operations import SEND_INVITATION
from services.membership.settings import MembershipSettings
from shared.kernel.errors import NotFound
from shared.mail.sealing import MailSeal
from shared.messaging.job_run import JobHandlers, JobRun


def job_handlers(settings: MembershipSettings) -> JobHandlers:
    """The handler that mails invitations to review a centre."""
    seal = MailSeal(settings)

    async def send_invitation(run: JobRun) -> dict[str, Any]:
        reviewer, is_reminder = UUID(run.payload["reviewer"]), run.payload["is_reminder"]
        async with run.unit_of_work() as uow:
            if not await run.once(uow, SEND_INVITATION):
                return {"sent": False}
            try:
                sent = await operations.send(uow, seal, reviewer, settings.page, is_reminder=is_reminder)
            except NotFound:
                sent = False
        return {"sent": sent}

    return {SEND_INVITATION: send_invitation}
