"""Reading what a mail to take a record over needs."""

from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, select

from shared.contracts import views
from shared.database.statements import Connection, Row, Statement

_ADDRESS = Statement(
    select(views.ACCOUNTS.c.email, views.ACCOUNTS.c.language).where(views.ACCOUNTS.c.id == bindparam("account"))
)
_MERGE_TARGET = Statement(select(func.escm.member_expert_merge_target(bindparam("expert", type_=Uuid))))


async def address_of(connection: Connection, account: UUID) -> Row | None:
    """The address and the language of mails of an account in use."""
    return await _ADDRESS.fetchrow(connection, account=account)


async def merge_target(connection: Connection, expert: UUID) -> UUID:
    """The record that an expert is part of: itself unless it was merged."""
    found: UUID | None = await _MERGE_TARGET.fetchval(connection, expert=expert)
    return found or expert
