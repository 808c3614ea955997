"""Mailed tokens. The database stores a digest, the purpose and the expiry. One account uses a token. The state of a
sign-in elsewhere is a token, too: an account carries it there and back instead of a mail, and is its address.

A token is used by POST only, so that programs that open the links of mails change nothing.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, LargeBinary, Uuid, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from shared.database.statements import Connection, Statement
from shared.database.tables import instant, table, text
from shared.kernel.errors import Invalid, invalid_field

MEMBERSHIP, REVIEW, NOMINATION = "membership", "review", "nomination"
"""The service that mails invitations to review centres, since it has the addresses, and the purpose of their tokens,
which centres accepts; the purpose of those of nominators."""
ACTIONS, AUTHORSHIP = "actions", "authorship"
"""The service that mails authors of the Global Report, and the purpose of their tokens."""
core_mail_token = table(
    "core_mail_token",
    Column("digest", LargeBinary, primary_key=True),
    text("service"),
    text("purpose"),
    Column("subject_id", Uuid, nullable=False),
    Column("address_digest", LargeBinary, nullable=False),
    instant("until"),
    Column("used_by", Uuid, nullable=True),
)
"""`subject_id` is the record that the token is about, `used_by` the account that has used it."""
_SUBJECT = (
    core_mail_token.c.service == bindparam("service"),
    core_mail_token.c.purpose == bindparam("purpose"),
    core_mail_token.c.subject_id == bindparam("subject_id"),
)
_END_OTHERS = Statement(
    delete(core_mail_token).where(
        *_SUBJECT, core_mail_token.c.digest != bindparam("digest"), core_mail_token.c.used_by.is_(None)
    )
)
_NAMES = ("digest", "service", "purpose", "subject_id", "address_digest", "until")
_ADD = Statement(insert(core_mail_token).values({name: bindparam(name) for name in _NAMES}).on_conflict_do_nothing())
_LOCK = Statement(
    select(core_mail_token.c.subject_id, core_mail_token.c.address_digest, core_mail_token.c.used_by)
    .where(
        core_mail_token.c.digest == bindparam("digest"),
        core_mail_token.c.service == bindparam("service"),
        core_mail_token.c.purpose == bindparam("purpose"),
        core_mail_token.c.until > bindparam("at"),
    )
    .with_for_update()
)
_USE = Statement(
    update(core_mail_token).where(core_mail_token.c.digest == bindparam("key")).values(used_by=bindparam("account"))
)
_MOVE = Statement(
    update(core_mail_token)
    .where(core_mail_token.c.subject_id == bindparam("before"), core_mail_token.c.service == bindparam("of"))
    .values(subject_id=bindparam("after"))
)
_DELETE_EXPIRED = Statement(
    delete(core_mail_token).where(
        core_mail_token.c.service == bindparam("service"), core_mail_token.c.until < bindparam("at")
    )
)


@dataclass(frozen=True, slots=True)
class MailToken:
    """A valid token: its record, a digest of the address that it was sent to, and the account that has used it."""

    subject_id: UUID
    address_digest: bytes
    used_by: UUID | None


def new_token() -> str:
    """A token of 256 random bits."""
    return secrets.token_urlsafe(32)


def digest(text: str) -> bytes:
    """The stored digest of a token or a folded address."""
    return hashlib.sha256(text.encode()).digest()


def token_not_valid() -> Invalid:
    """The error for an unknown, used or expired token; the response does not say which."""
    return invalid_field("/token", "token_not_valid", "The token was used or has expired. Request another mail.")


async def issue(
    connection: Connection,
    *,
    service: str,
    purpose: str,
    subject: UUID,
    address: str,
    token: str,
    until: datetime,
    ends_others: bool = True,
) -> None:
    """Makes a token valid; repeated calls have one effect. `address` is folded. With `ends_others` the unused tokens of
    this purpose for this record end."""
    of_subject = {"service": service, "purpose": purpose, "subject_id": subject, "digest": digest(token)}
    if ends_others:
        await _END_OTHERS.execute(connection, **of_subject)
    await _ADD.execute(connection, **of_subject, address_digest=digest(address), until=until)


async def end(connection: Connection, *, service: str, purpose: str, subject: UUID) -> None:
    """Ends the unused tokens of this purpose for this record."""
    await _END_OTHERS.execute(connection, service=service, purpose=purpose, subject_id=subject, digest=b"")


async def lock(connection: Connection, *, service: str, purpose: str, token: str, at: datetime) -> MailToken | None:
    """The token, locked; None if it is unknown or has expired at this instant."""
    row = await _LOCK.fetchrow(connection, digest=digest(token), service=service, purpose=purpose, at=at)
    return MailToken(row["subject_id"], bytes(row["address_digest"]), row["used_by"]) if row else None


async def use(connection: Connection, token: str, account: UUID) -> None:
    """Marks a locked token as used by an account."""
    await _USE.execute(connection, key=digest(token), account=account)


async def move(connection: Connection, service: str, before: UUID, after: UUID) -> None:
    """Makes the tokens of one record those of another, which takes its place."""
    await _MOVE.execute(connection, of=service, before=before, after=after)


async def delete_expired(connection: Connection, service: str, at: datetime) -> None:
    """Deletes the tokens of a service that expired before this instant."""
    await _DELETE_EXPIRED.execute(connection, service=service, at=at)
