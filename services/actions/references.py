"""Checks of references to records of other services: they exist and the caller may know of them."""

from uuid import UUID

from sqlalchemy import bindparam, select

from shared.contracts import views
from shared.contracts.readers import permission_scope_of
from shared.database.context import Lookup
from shared.database.statements import Connection, Row, Statement
from shared.kernel.errors import unknown_reference
from shared.kernel.principal import Principal
from shared.records.access_scope import constant

_PUBLISHED = frozenset(("active", "grace"))
"""The states in which an expert is visible to more than those who maintain the record."""
_expert = views.EXPERTS
_EXPERT = Statement(
    select(_expert.c.country, _expert.c.status, _expert.c.visibility).where(
        _expert.c.id == bindparam("key"), _expert.c.merged_into.is_(None), _expert.c.erased_at.is_(None)
    )
)

_ACCOUNT = Lookup(select(_expert.c.account_id).where(_expert.c.id == bindparam("key")).limit(1))
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


async def require_expert(connection: Connection, principal: Principal, pointer: str, key: UUID | None) -> None:
    """Raises Invalid `unknown_reference` for an expert that does not exist, is merged or erased, or is hidden from the
    caller; the error is the same in all cases. None passes."""
    if key is None:
        return
    row = await _EXPERT.fetchrow(connection, key=key)
    if row is None or not _is_known(principal, row, key):
        raise unknown_reference(pointer, "expert")


def _is_known(principal: Principal, row: Row, key: UUID) -> bool:
    if permission_scope_of(principal, "membership.experts").covers(row["country"], key):
        return True
    if principal.sandbox or row["status"] not in _PUBLISHED:
        return False
    return row["visibility"] == "public" or (row["visibility"] == "network" and bool(principal.grants))
