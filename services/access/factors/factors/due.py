"""Who needs a second factor."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, func, select

from services.access.access import ROLES_WITH_FACTOR
from services.access.authority.grants.tables import grant
from shared.database.context import Lookup
from shared.database.statements import Connection
from shared.records.access_scope import constant

GRACE = timedelta(days=7)
"""How long the holder of a role may sign in without a second factor."""
_HELD_SINCE = Lookup(
    select(func.min(grant.c.created_at))
    .where(
        grant.c.principal_kind == constant("account"),
        grant.c.principal_id == bindparam("account"),
        grant.c.status == constant("active"),
        grant.c.starts <= bindparam("day"),
        grant.c.role.in_([constant(role) for role in sorted(ROLES_WITH_FACTOR)]),
    )
    .limit(1)
)


async def is_due(connection: Connection, account: UUID, at: datetime) -> bool:
    """Whether the person has held for 7 days a role that needs a second factor."""
    since: datetime | None = await _HELD_SINCE.fetchval(connection, account=account, day=(at - GRACE).date())
    return since is not None and since <= at - GRACE
