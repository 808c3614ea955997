"""Reading the inputs of a claim mail."""

from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, select

from shared.contracts import views
from shared.database.statements import Connection, Row, Statement

_ADDRESS = Statement(
    select(views.ACCOUNTS.c.email, views.ACCOUNTS.c.language).where(views.ACCOUNTS.c.id == bindparam("account"))
)
_MERGE_TARGET = Statement(select(func.escm.member_expert_merge_target(bindparam("expert", type_=Uuid))))


async def address_of(connection: Connection, account: UUID) -> Row | None:
    """The address and the mail language of an active account."""
    return await _ADDRESS.fetchrow(connection, account=account)


async def merge_target(connection: Connection, expert: UUID) -> UUID:
    """The winner of the record's merges, or the record itself."""
    found: UUID | None = await _MERGE_TARGET.fetchval(connection, expert=expert)
    return found or expert
