"""Reading API keys."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.sql.elements import ColumnElement

from services.access.access import NO_STATE
from services.access.principals.api_keys.domain import LIFECYCLE, MOST_LIVING
from services.access.principals.api_keys.record import ApiKey
from services.access.principals.api_keys.tables import api_key
from services.access.principals.usage import used_at
from shared.database.context import Lookup
from shared.database.locks import lock_names
from shared.database.statements import Connection, Statement
from shared.records.access_scope import AccessKind, constant, visible
from shared.records.columns import read_columns, renderer
from shared.records.listing import reference
from shared.records.next_steps import NextSteps
from shared.records.plain import listing_by_state
from shared.records.rows import records_of

COLUMNS: Mapping[str, ColumnElement[Any]] = {
    **read_columns(ApiKey, api_key),
    "last_used": used_at("key", api_key.c.id),
}
render = renderer(COLUMNS)
_MOST_OWN = 10_000
_OWN = Lookup(select(api_key.c.id).where(api_key.c.owner_id == bindparam("owner")).limit(_MOST_OWN))
_SUSPENDED = Lookup(
    select(api_key.c.id)
    .where(api_key.c.owner_id == bindparam("owner"), api_key.c.status == "suspended")
    .order_by(api_key.c.id)
    .limit(MOST_LIVING)
)
_is_living = api_key.c.status.in_([constant(status) for status in ("proposed", "active", "suspended")])
_LIVING = Statement(select(func.count()).where(api_key.c.owner_id == bindparam("owner"), _is_living))
_LOCK_IN_USE = Statement(
    select(api_key)
    .where(api_key.c.owner_id == bindparam("owner"), api_key.c.status == "active")
    .order_by(api_key.c.id)
    .with_for_update()
)
_LOCK_LIVING = Statement(
    select(api_key).where(api_key.c.owner_id == bindparam("owner"), _is_living).order_by(api_key.c.id).with_for_update()
)
_OVER = Statement(
    select(api_key)
    .where(_is_living, api_key.c.expires_at <= bindparam("at"))
    .order_by(api_key.c.id)
    .limit(200)
    .with_for_update(skip_locked=True)
)


def visible_to(access_kind: AccessKind) -> Select[Any]:
    """Keys that the caller may read; none is published."""
    return select(api_key).where(visible(api_key, access_kind, NO_STATE))


NEXT_STEPS = NextSteps("access.api_keys", api_key, ())
LISTING = listing_by_state(
    api_key,
    LIFECYCLE.states,
    visible_to,
    COLUMNS,
    reference("owner_id", api_key.c.owner_id),
    NEXT_STEPS.holder,
)


async def own(connection: Connection, owner: UUID) -> list[UUID]:
    """The keys of one owner in any state."""
    return [row["id"] for row in await _OWN.fetch(connection, owner=owner)]


async def living(connection: Connection, owner: UUID) -> int:
    """The number of an owner's keys in use or proposed. Locks the owner: until the transaction ends no other
    transaction makes a key for it."""
    await lock_names(connection, f"api keys of {owner}")
    found: int = await _LIVING.fetchval(connection, owner=owner)
    return found


async def lock_in_use(connection: Connection, owner: UUID) -> list[ApiKey]:
    """The active keys of an owner, locked."""
    return records_of(ApiKey, await _LOCK_IN_USE.fetch(connection, owner=owner))


async def lock_living(connection: Connection, owner: UUID) -> list[ApiKey]:
    """The keys of an owner in use, proposed or suspended, locked."""
    return records_of(ApiKey, await _LOCK_LIVING.fetch(connection, owner=owner))


async def suspended(connection: Connection, owner: UUID) -> list[UUID]:
    """The keys of an owner that wait for the owner to enable them again."""
    return [row["id"] for row in await _SUSPENDED.fetch(connection, owner=owner)]


async def over(connection: Connection, at: datetime) -> list[ApiKey]:
    """Up to 200 keys that have expired and are still in use, proposed or suspended, locked."""
    return records_of(ApiKey, await _OVER.fetch(connection, at=at))
