"""Reading the inputs of a claim mail."""

from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, select

from shared.contracts import views
from shared.database.statements import Connection, Row, Statement

_ADDRESS = Statement(
    select(views.ACCOUNTS.c.email, views.ACCOUNTS.c.language).where(views.ACCOUNTS.c.id == bindparam("account"))
)
_VERIFIED_ADDRESS = Statement(
    select(views.ACCOUNTS.c.email).where(views.ACCOUNTS.c.id == bindparam("account"), views.ACCOUNTS.c.is_verified)
)
_FORMER = Statement(
    select(views.FORMER_ADDRESSES.c.digest).where(views.FORMER_ADDRESSES.c.account_id == bindparam("account"))
)
_MERGE_TARGET = Statement(select(func.escm.member_expert_merge_target(bindparam("expert", type_=Uuid))))


async def address_of(connection: Connection, account: UUID) -> Row | None:
    """The address and the mail language of an active account."""
    return await _ADDRESS.fetchrow(connection, account=account)


async def verified_address_of(connection: Connection, account: UUID) -> str | None:
    """The address of an active account, if its owner has shown that it is theirs."""
    found: str | None = await _VERIFIED_ADDRESS.fetchval(connection, account=account)
    return found


async def former_addresses_of(connection: Connection, account: UUID) -> frozenset[bytes]:
    """Digests of the folded addresses from which its owner moved an account lately."""
    return frozenset(bytes(row["digest"]) for row in await _FORMER.fetch(connection, account=account))


async def merge_target(connection: Connection, expert: UUID) -> UUID:
    """The winner of the record's merges, or the record itself."""
    found: UUID | None = await _MERGE_TARGET.fetchval(connection, expert=expert)
    return found or expert
