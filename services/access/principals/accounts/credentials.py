"""Who set which credential of whom: stored so that nobody acts as two persons, and to notify the previous address."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy import Column, LargeBinary, Uuid, bindparam, delete, func, insert, select
from sqlalchemy import update as sql_update

from services.access.principals.accounts.tables import account
from shared.database.ids import uuid7
from shared.database.statements import Connection, Statement
from shared.database.tables import instant, table, text
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.principal import Principal

credential_change = table(
    "access_credential_change",
    Column("id", Uuid, primary_key=True),
    text("principal_kind"),
    Column("principal_id", Uuid, nullable=False),
    text("by_kind"),
    Column("by_id", Uuid, nullable=True),
    text("what"),
    instant("at"),
    text("old_email", nullable=True),
    Column("old_digest", LargeBinary, nullable=True),
)
"""`old_email` is the address before a change, until the mail to it is sent; `old_digest` is of the folded address from
which the owner moved the account."""
_ADD = Statement(
    insert(credential_change).values(
        **{column.key: bindparam(column.key) for column in credential_change.c if column.key != "at"}, at=func.now()
    )
)
_NOTICE = Statement(
    select(credential_change.c.old_email, account.c.name, account.c.language)
    .select_from(credential_change.join(account, account.c.id == credential_change.c.principal_id))
    .where(credential_change.c.id == bindparam("change"), credential_change.c.old_email.is_not(None))
)
_NOTIFIED = Statement(
    sql_update(credential_change).where(credential_change.c.id == bindparam("change")).values(old_email=None)
)
_DELETE = Statement(
    delete(credential_change).where(
        credential_change.c.principal_kind == "account",
        credential_change.c.at < func.now() - func.make_interval(0, 0, 0, 31),
    )
)


@dataclass(frozen=True, slots=True)
class Notice:
    """The recipient of a mail about a changed address."""

    old_email: str
    name: str
    language: str


async def note_change(
    uow: UnitOfWork,
    kind: Literal["account", "client"],
    whose: UUID,
    what: Literal["email", "recovery", "secret"],
    *,
    by: Principal | None = None,
    old_email: str | None = None,
    old_digest: bytes | None = None,
) -> UUID:
    """Stores who set a credential: `by`, or else the actor of the unit of work; a key acts for its owner. Returns the
    id of the row."""
    actor, change = by or uow.origin.actor, uuid7()
    await _ADD.execute(
        uow.connection,
        id=change,
        principal_kind=kind,
        principal_id=whose,
        by_kind=str(actor.kind),
        by_id=actor.owner or actor.id,
        what=what,
        old_email=old_email,
        old_digest=old_digest,
    )
    return change


async def to_notify(connection: Connection, change: UUID) -> Notice | None:
    """The previous address of a change, with the account's name and language; None if it was notified."""
    row = await _NOTICE.fetchrow(connection, change=change)
    return Notice(**row) if row else None


async def notified(connection: Connection, change: UUID) -> None:
    """Deletes the previous address of a change."""
    await _NOTIFIED.execute(connection, change=change)


async def delete_expired(connection: Connection) -> None:
    """Deletes entries older than 30 days."""
    await _DELETE.execute(connection)
