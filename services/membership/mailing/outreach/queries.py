"""Reading recipients by what comes back: a token, or the id of a message."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, func, select, update

from services.membership.mailing.broadcasts.domain import BOUNCED, SENDING, SENT, UNKNOWN
from services.membership.mailing.broadcasts.tables import recipient
from services.membership.mailing.outreach.domain import COMPLAINT, SOFT, Outcome
from services.membership.register.experts.tables import expert
from shared.database.context import Lookup
from shared.database.statements import Connection, Row, Statement
from shared.kernel.errors import NotFound
from shared.records.access_scope import constant

_OF_TOKEN = Lookup(select(recipient.c.expert_id).where(recipient.c.token_digest == bindparam("digest")).limit(1))
_OF_MESSAGE = Lookup(
    select(recipient.c.expert_id, recipient.c.address_digest, expert.c.country)
    .select_from(recipient.join(expert, expert.c.id == recipient.c.expert_id))
    .where(recipient.c.id == bindparam("key"), recipient.c.tried_at.is_not(None))
    .limit(1)
)
_was_tried = recipient.c.outcome.in_([constant(one) for one in (SENDING, SENT, UNKNOWN)])
_first_time = func.coalesce(recipient.c.bounced_at, bindparam("at"))
_BOUNCE = Statement(
    update(recipient)
    .where(
        recipient.c.id == bindparam("key"),
        _was_tried | ((recipient.c.outcome == constant(BOUNCED)) & (recipient.c.reason == constant(SOFT))),
    )
    .values(outcome=BOUNCED, reason=bindparam("kind"), bounced_at=_first_time)
)
_COMPLAIN = Statement(
    update(recipient)
    .where(recipient.c.id == bindparam("key"), _was_tried)
    .values(reason=COMPLAINT, bounced_at=_first_time)
)
_SOFT = Lookup(
    select(func.count().label("n"))
    .select_from(recipient)
    .where(
        recipient.c.expert_id == bindparam("expert"),
        recipient.c.address_digest == bindparam("address"),
        recipient.c.outcome == constant(BOUNCED),
        recipient.c.reason == constant(SOFT),
        recipient.c.bounced_at > bindparam("since"),
    )
    .limit(1)
)
_OUTCOME = Lookup(select(recipient.c.outcome, recipient.c.reason).where(recipient.c.id == bindparam("key")).limit(1))


async def expert_of_token(connection: Connection, digest: bytes) -> UUID | None:
    """The expert to whom the mail with a token for unsubscribing went."""
    found: UUID | None = await _OF_TOKEN.fetchval(connection, digest=digest)
    return found


async def of_message(connection: Connection, key: UUID) -> Row | None:
    """Expert, country and digest of the address of a recipient to whom a mail was tried; None if there is none."""
    return await _OF_MESSAGE.fetchrow(connection, key=key)


async def bounce(connection: Connection, key: UUID, kind: str, at: datetime) -> None:
    """Stores a bounce. A hard one replaces a soft one; the first instant stays."""
    await _BOUNCE.execute(connection, key=key, kind=kind, at=at)


async def complain(connection: Connection, key: UUID, at: datetime) -> None:
    """Stores a complaint, which leaves the outcome as it is."""
    await _COMPLAIN.execute(connection, key=key, at=at)


async def soft_bounces(connection: Connection, expert_id: UUID, address: bytes, since: datetime) -> int:
    """How many mails to an address of an expert bounced softly after an instant."""
    found: int = await _SOFT.fetchval(connection, expert=expert_id, address=address, since=since)
    return found


async def outcome(connection: Connection, key: UUID) -> Outcome:
    """What became of a recipient. Raises NotFound if the recipient was deleted."""
    row = await _OUTCOME.fetchrow(connection, key=key)
    if row is None:
        raise NotFound
    return Outcome(row["outcome"], row["reason"])
