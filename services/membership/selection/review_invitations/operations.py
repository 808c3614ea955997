"""Mailing the link with which an expert answers an invitation to review a centre. Centres, which has the invitation,
accepts the token."""

from datetime import UTC, datetime, time
from uuid import UUID

from services.membership.register.claims.domain import language_of
from services.membership.register.claims.queries import address_of, merge_target
from services.membership.register.experts.domain import PUBLISHED
from services.membership.register.experts.operations import EXPERTS
from services.membership.selection.review_invitations import queries
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.text import email_key, text_in
from shared.mail import tokens
from shared.mail.outbox import post
from shared.mail.sealing import Mail, MailSeal
from shared.messaging.outbox import defer_once

SEND_INVITATION = "send_review_invitation"
"""The job, and its checkpoint."""


async def invite(uow: UnitOfWork, reviewer: UUID) -> None:
    """Assigns the mail of an invitation to the worker."""
    defer_once(uow, "membership", SEND_INVITATION, {"reviewer": str(reviewer), "is_reminder": False})


async def invite_again(uow: UnitOfWork, reviewer: UUID) -> None:
    """Assigns another mail of an invitation to the worker. Accounts get a notification instead."""
    defer_once(uow, "membership", SEND_INVITATION, {"reviewer": str(reviewer), "is_reminder": True})


async def send(uow: UnitOfWork, seal: MailSeal, reviewer: UUID, page: str, *, is_reminder: bool) -> bool:
    """Enqueues the mail of an invitation: to the expert's account, else to the first address of the record. Returns
    False if the invitation does not wait, or the expert has no address, is not active or is not to get mails."""
    invitation = await queries.waiting(uow.connection, reviewer)
    if invitation is None:
        return False
    record = await EXPERTS.lock(uow, await merge_target(uow.connection, invitation["expert_id"]))
    is_here = record.erased_at is None and record.restricted_at is None and record.status in PUBLISHED
    if not is_here or (is_reminder and record.account_id is not None):
        return False
    address, language = record.emails[0]["value"] if record.emails else "", language_of(record.languages)
    found = await address_of(uow.connection, record.account_id) if record.account_id else None
    if found is not None:
        address, language = found["email"], found["language"]
    if not address:
        return False
    values = {
        "page": page,
        "token": tokens.new_token(),
        "centre": text_in(language, invitation["centre_names"]),
        "due": invitation["due"].isoformat(),
        "reviewer": str(reviewer),
    }
    post(uow, seal, "membership", Mail(address, tokens.REVIEW, language, values))
    return True


async def prepare(uow: UnitOfWork, mail: Mail) -> Mail | None:
    """The mail, with its token stored until the end of the due day; the other tokens of the invitation end. None if it
    does not wait for an answer any more."""
    reviewer = UUID(mail.values["reviewer"])
    invitation = await queries.waiting(uow.connection, reviewer)
    if invitation is None:
        return None
    await tokens.issue(
        uow.connection,
        service=tokens.MEMBERSHIP,
        purpose=tokens.REVIEW,
        subject=reviewer,
        address=email_key(mail.to),
        token=mail.values["token"],
        until=datetime.combine(invitation["due"], time.max, UTC),
    )
    return mail
