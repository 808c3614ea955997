"""Reading the affiliations of one expert whom the caller may see."""

from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from services.membership.experts.tables import affiliation
from shared.database.context import AccessContext, within_context
from shared.database.statements import Connection, Row, Shapes, Statement


def _select(single: bool) -> Any:
    query = select(affiliation).where(affiliation.c.expert_id == bindparam("expert"))
    if single:
        query = query.where(affiliation.c.id == bindparam("key"))
    return within_context(query.order_by(affiliation.c.id))


_READS = Shapes(_select)
_LOCK = Statement(select(affiliation).where(affiliation.c.id == bindparam("key")).with_for_update())


async def of_expert(connection: Connection, context: AccessContext, expert: UUID) -> list[Row]:
    """All of them, oldest first; an expert has few."""
    return await _READS.get(False).fetch(connection, expert=expert, **context.parameters)


async def get(connection: Connection, context: AccessContext, expert: UUID, key: UUID) -> Row | None:
    """One of them, or None."""
    return await _READS.get(True).fetchrow(connection, expert=expert, key=key, **context.parameters)


async def lock(connection: Connection, key: UUID) -> Row | None:
    """One of them, locked until the transaction ends; None where the context may not write it."""
    return await _LOCK.fetchrow(connection, key=key)
