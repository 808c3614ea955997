"""Reading and storing addresses of break-glass."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, or_, select, update

from services.access.authority.grants.tables import grant
from services.access.principals.accounts.tables import account
from services.access.principals.sessions.tables import session
from services.access.signing_in.break_glass.tables import break_glass
from shared.database.statements import Connection, Row, Statement
from shared.kernel.principal import BREAK_GLASS
from shared.records.access_scope import constant

_STORED = ("id", "digest", "reason", "made_at", "until")
_ADD = Statement(insert(break_glass).values({name: bindparam(name) for name in _STORED}))
_TAKE = Statement(
    select(break_glass.c.id, break_glass.c.reason)
    .where(
        break_glass.c.digest == bindparam("digest"),
        break_glass.c.until > bindparam("at"),
        break_glass.c.used_at.is_(None),
    )
    .with_for_update()
)
_USE = Statement(
    update(break_glass)
    .where(break_glass.c.id == bindparam("key"))
    .values(used_at=bindparam("at"), session=bindparam("opened"))
)
_END_OTHERS = Statement(
    update(break_glass)
    .where(break_glass.c.used_at.is_(None), break_glass.c.until > bindparam("at"))
    .values(until=bindparam("at"))
)
_DELETE = Statement(delete(break_glass).where(break_glass.c.made_at < bindparam("before")))
_IN_USE = Statement(
    select(session.c.id).where(
        session.c.account_id == bindparam("account"), session.c.status == "active", session.c.ends_at > bindparam("at")
    )
)
_over = or_(grant.c.ends.is_(None), grant.c.ends >= bindparam("day"))
_ADMINISTRATORS = Statement(
    select(account.c.email, account.c.language, account.c.name)
    .join(grant, grant.c.principal_id == account.c.id)
    .where(
        grant.c.principal_kind == constant("account"),
        grant.c.role == constant("secretariat_admin"),
        grant.c.status == constant("active"),
        grant.c.starts <= bindparam("day"),
        _over,
        account.c.status == constant("active"),
        account.c.id != bindparam("besides"),
    )
    .distinct()
)


@dataclass(frozen=True, slots=True)
class Address:
    """An address that may be opened, locked, and why it was made."""

    id: UUID
    reason: str


async def add(connection: Connection, **values: object) -> None:
    """Stores an address."""
    await _ADD.execute(connection, **values)


async def take(connection: Connection, digest: bytes, at: datetime) -> Address | None:
    """The address with this code, locked; None for one that may not be opened."""
    row = await _TAKE.fetchrow(connection, digest=digest, at=at)
    return Address(row["id"], row["reason"]) if row else None


async def use(connection: Connection, key: UUID, session: UUID, at: datetime) -> None:
    """Records that the address was opened, and the session of that."""
    await _USE.execute(connection, key=key, opened=session, at=at)


async def end_others(connection: Connection, at: datetime) -> None:
    """Ends all addresses that nobody opened."""
    await _END_OTHERS.execute(connection, at=at)


async def delete_old(connection: Connection, before: datetime) -> None:
    """Deletes addresses that were made before."""
    await _DELETE.execute(connection, before=before)


async def is_in_use(connection: Connection, at: datetime) -> bool:
    """Whether a session of the account lives."""
    return await _IN_USE.fetchval(connection, account=BREAK_GLASS, at=at) is not None


async def administrators(connection: Connection, at: datetime) -> list[Row]:
    """Address, language and name of each administrator, except the account itself."""
    return await _ADMINISTRATORS.fetch(connection, day=at.date(), besides=BREAK_GLASS)
