"""The accounts that records of actions name."""

from uuid import UUID

from sqlalchemy import bindparam, select

from shared.contracts import views
from shared.database.context import Lookup
from shared.database.statements import Connection, Statement
from shared.kernel.errors import unknown_reference
from shared.records.access_scope import constant

_expert = views.EXPERTS.c
_ACCOUNT = Lookup(select(_expert.account_id).where(_expert.id == bindparam("key")).limit(1))
_ACTIVE = Statement(
    select(views.PRINCIPALS.c.id).where(
        views.PRINCIPALS.c.kind == constant("account"), views.PRINCIPALS.c.id == bindparam("key")
    )
)


async def account_of(connection: Connection, expert: UUID) -> UUID | None:
    """The account of an expert, if there is one."""
    found: UUID | None = await _ACCOUNT.fetchval(connection, key=expert)
    return found


async def require_account(connection: Connection, pointer: str, key: UUID | None) -> None:
    """Raises Invalid `unknown_reference` for an account that is not active. None passes."""
    if key is not None and await _ACTIVE.fetchval(connection, key=key) is None:
        raise unknown_reference(pointer, "active account")
