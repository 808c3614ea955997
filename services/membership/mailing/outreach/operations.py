"""Withdrawing the consent to outreach by a link, and marking addresses that take no mail."""

from dataclasses import replace
from uuid import UUID

from services.membership.mailing.broadcasts.domain import OUTREACH
from services.membership.mailing.consents import operations as consents
from services.membership.mailing.outreach import queries
from services.membership.mailing.outreach.domain import (
    COMPLAINT,
    HARD,
    REPORT,
    SOFT_BOUNCES,
    WITHIN,
    Outcome,
    recipient_of,
    with_bounce,
)
from services.membership.register.claims.queries import merge_target
from services.membership.register.experts.operations import EXPERTS
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now, to_text
from shared.kernel.errors import invalid_field
from shared.kernel.principal import SYSTEM
from shared.kernel.text import email_key
from shared.mail.tokens import digest
from shared.records.access_scope import AccessScope


async def unsubscribe(uow: UnitOfWork, token: str) -> bool:
    """Withdraws the consent to outreach of the person whose mail has the token, if it is in force. False for an unknown
    token. May be repeated."""
    expert = await queries.expert_of_token(uow.connection, digest(token))
    if expert is None:
        return False
    await _withdraw(uow, expert, "The link of a mail.")
    return True


async def report(uow: UnitOfWork, access: AccessScope, message_id: str, kind: str) -> Outcome:
    """Stores a bounce or a complaint; returns what became of the recipient. A hard bounce, or the third soft one
    in 30 days, marks the address; a complaint withdraws the consent. May be repeated.

    Raises Invalid if no mail with this id was sent to an expert for whom the caller reports.
    """
    key = recipient_of(message_id)
    found = await queries.of_message(uow.connection, key) if key else None
    if key is None or found is None or not access.may(REPORT, found["country"], found["expert_id"]):
        raise invalid_field("/message_id", "unknown_reference", "No mail with this id was sent.")
    await uow.allow_record(key)
    if kind == COMPLAINT:
        await queries.complain(uow.connection, key, now())
        await _withdraw(uow, found["expert_id"], "A complaint.")
    else:
        await queries.bounce(uow.connection, key, kind, now())
        address, since = found["address_digest"], now() - WITHIN
        if (
            kind == HARD
            or await queries.soft_bounces(uow.connection, found["expert_id"], address, since) >= SOFT_BOUNCES
        ):
            await _mark(uow, found["expert_id"], bytes(address))
    return await queries.outcome(uow.connection, key)


async def _withdraw(uow: UnitOfWork, expert: UUID, reason: str) -> None:
    """Withdraws the consent of an expert and, before it has followed a merge, of the merged one."""
    uow.origin = replace(uow.origin, actor=SYSTEM)
    for one in {expert, await merge_target(uow.connection, expert)}:
        await uow.allow_record(one)
        await consents.withdraw(uow, one, OUTREACH, reason)


async def _mark(uow: UnitOfWork, expert: UUID, address: bytes) -> None:
    target = await merge_target(uow.connection, expert)
    await uow.allow_record(target)
    before = await EXPERTS.lock(uow, target)
    emails = with_bounce(before.emails, lambda email: digest(email_key(email["value"])) == address, to_text(now()))
    if emails != before.emails:
        await EXPERTS.write(uow, "mark_bounced", before, replace(before, emails=emails), fact="updated")
