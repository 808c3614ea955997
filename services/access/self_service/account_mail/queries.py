"""Reading and storing mailed tokens."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, delete
from sqlalchemy.dialects.postgresql import insert

from services.access.self_service.account_mail.tables import account_token
from shared.database.statements import Connection, Statement

_ADD = Statement(
    insert(account_token).values({c.name: bindparam(c.name) for c in account_token.c}).on_conflict_do_nothing()
)
_USE = Statement(
    delete(account_token)
    .where(
        account_token.c.digest == bindparam("digest"),
        account_token.c.purpose == bindparam("purpose"),
        account_token.c.until > bindparam("at"),
    )
    .returning(account_token.c.account_id, account_token.c.email_key, account_token.c.email)
)
_END_OTHERS = Statement(
    delete(account_token).where(
        account_token.c.account_id == bindparam("account"), account_token.c.purpose == bindparam("purpose")
    )
)
_DELETE = Statement(delete(account_token).where(account_token.c.until < bindparam("at")))


@dataclass(frozen=True, slots=True)
class TakenToken:
    """The account of a token, the folded address to which the token was sent, and the address that the account gets."""

    account_id: UUID
    email_key: str
    email: str | None


async def add(connection: Connection, *, email: str | None = None, **values: object) -> None:
    """Stores a mailed token; a repetition has no effect."""
    await _ADD.execute(connection, email=email, **values)


async def use(connection: Connection, digest: bytes, purpose: str, at: datetime) -> TakenToken | None:
    """Uses up the token; None if it is not valid."""
    row = await _USE.fetchrow(connection, digest=digest, purpose=purpose, at=at)
    return TakenToken(**row) if row else None


async def end_others(connection: Connection, account: UUID, purpose: str) -> None:
    """Ends the other tokens of an account for this purpose."""
    await _END_OTHERS.execute(connection, account=account, purpose=purpose)


async def delete_expired(connection: Connection, at: datetime) -> None:
    """Deletes expired tokens."""
    await _DELETE.execute(connection, at=at)
