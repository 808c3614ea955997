"""Finding the experts whose signatures were accepted."""

from uuid import UUID

from sqlalchemy import bindparam, select

from services.membership.register.experts.tables import expert
from shared.database.context import Lookup
from shared.database.statements import Connection, Row

_TO_MAIL = Lookup(
    select(expert.c.display_name, expert.c.emails)
    .where(
        expert.c.id == bindparam("expert"),
        expert.c.account_id.is_(None),
        expert.c.merged_into.is_(None),
        expert.c.erased_at.is_(None),
        expert.c.restricted_at.is_(None),
    )
    .limit(1)
)


async def to_mail(connection: Connection, expert: UUID) -> Row | None:
    """Name and addresses of an expert without an account who may be mailed, regardless of the caller."""
    return await _TO_MAIL.fetchrow(connection, expert=expert)
