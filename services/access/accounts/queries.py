"""Reading accounts."""

from uuid import UUID

from sqlalchemy import bindparam, select

from services.access.accounts.tables import account
from shared.database.statements import Connection, Row, Statement

_FOR_LOGIN = Statement(
    select(account.c.id, account.c.password_hash).where(
        account.c.email_key == bindparam("email_key"), account.c.status == "active"
    )
)
_NAMED = Statement(select(account.c.email).where(account.c.id == bindparam("id")))


async def for_login(connection: Connection, email_key: str) -> Row | None:
    """Id and password hash of the active account with this folded address."""
    return await _FOR_LOGIN.fetchrow(connection, email_key=email_key)


async def email_of(connection: Connection, account_id: UUID) -> str | None:
    """The address that an account logs in with."""
    found: str | None = await _NAMED.fetchval(connection, id=account_id)
    return found
