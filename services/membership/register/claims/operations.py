"""Mailing the link with which a person claims their record, and the claim itself."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from services.membership.register.claims import queries
from services.membership.register.claims.domain import LIFE, PURPOSE, language_of
from services.membership.register.duplicates.operations import schedule_pair
from services.membership.register.experts.domain import LIVING
from services.membership.register.experts.operations import EXPERTS, sync_dependents
from services.membership.register.experts.owners import record_of_account
from services.membership.register.experts.record import EmailAddress, Expert, without_verified
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.errors import CommittedConflict
from shared.kernel.text import email_key
from shared.mail import tokens
from shared.mail.outbox import post
from shared.mail.sealing import Mail, MailSeal


async def send(uow: UnitOfWork, seal: MailSeal, expert: UUID, account: UUID | None, page: str) -> bool:
    """Assigns a mail with a link to the worker: to the record's first address, or to an account's. Returns False if the
    record has an owner, has ended or has no address."""
    record = await EXPERTS.lock(uow, expert)
    if not _is_open(record):
        return False
    address, language = record.emails[0]["value"] if record.emails else "", language_of(record.languages)
    if account is not None:
        found = await queries.address_of(uow.connection, account)
        address, language = (found["email"], found["language"]) if found else ("", language)
    if not address:
        return False
    values = {"page": page, "token": tokens.new_token(), "expert": str(record.id)}
    post(uow, seal, "membership", Mail(address, PURPOSE, language, values))
    return True


async def prepare(uow: UnitOfWork, mail: Mail) -> Mail:
    """The mail, with its token stored; the other tokens of the record end."""
    await tokens.issue(
        uow.connection,
        service="membership",
        purpose=PURPOSE,
        subject=UUID(mail.values["expert"]),
        address=email_key(mail.to),
        token=mail.values["token"],
        until=now() + LIFE,
    )
    return mail


async def claim(uow: UnitOfWork, account: UUID, token: str) -> UUID:
    """Makes the account the owner of the token's record and the mail's address verified. Returns the record. The same
    account may repeat it.

    Raises Invalid `token_not_valid`, and CommittedConflict `record_exists` for the owner of another living record.
    """
    found = await tokens.lock(uow.connection, service="membership", purpose=PURPOSE, token=token, at=now())
    if found is None or found.used_by not in (None, account):
        raise tokens.token_not_valid()
    expert = await queries.merge_target(uow.connection, found.subject_id)
    await uow.allow_record(expert)
    before = await EXPERTS.lock(uow, expert)
    if before.account_id == account:
        return expert
    if found.used_by is not None or not _is_open(before) or not _has_address(before.emails, found.address_digest):
        raise tokens.token_not_valid()
    other = await record_of_account(uow.connection, account)
    if other is not None:
        schedule_pair(uow, expert, other, "same_account")
        detail = "You have a record already. The secretariat is notified that both may be yours."
        raise CommittedConflict(detail, code="record_exists")
    await tokens.use(uow.connection, token, account)
    owned = _owned(before, account, found.address_digest)
    after = await EXPERTS.write(uow, PURPOSE, before, owned, fact="account_linked")
    await sync_dependents(uow, before, after)
    return expert


def _owned(before: Expert, account: UUID, address: bytes) -> Expert:
    """The record with its owner. For a prospect the mail counts as an invitation."""
    emails: list[EmailAddress] = [
        {**without_verified(email), "verified": True} if _is_address(email, address) else email
        for email in before.emails
    ]
    status = "invited" if before.status == "prospect" else before.status
    return replace(before, account_id=account, emails=emails, status=status)


def _is_open(record: Expert) -> bool:
    """Whether the record may be claimed."""
    is_here = record.merged_into is None and record.erased_at is None and record.restricted_at is None
    return record.account_id is None and is_here and record.status in LIVING


def _has_address(emails: Sequence[EmailAddress], address: bytes) -> bool:
    return any(_is_address(email, address) for email in emails)


def _is_address(email: EmailAddress, address: bytes) -> bool:
    return tokens.digest(email_key(email["value"])) == address
