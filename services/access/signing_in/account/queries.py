"""What a person sees of their account."""

from uuid import UUID

from sqlalchemy import bindparam, select

from services.access.principals.api_keys.tables import api_key
from shared.database.context import Lookup
from shared.database.statements import Connection, Row
from shared.records.access_scope import constant

_KEYS = Lookup(
    select(api_key.c.id, api_key.c.name, api_key.c.hint, api_key.c.expires_at, api_key.c.status)
    .where(
        api_key.c.owner_kind == constant("account"),
        api_key.c.owner_id == bindparam("account"),
        api_key.c.status.in_([constant(status) for status in ("active", "suspended", "proposed")]),
    )
    .order_by(api_key.c.id.desc())
    .limit(100)
)


async def api_keys(connection: Connection, account: UUID) -> list[Row]:
    """The keys of a person that have not ended, the newest first, at most 100."""
    return await _KEYS.fetch(connection, account=account)
