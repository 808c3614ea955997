"""Reading identity providers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select, update

from services.access.access import NO_STATE
from services.access.federation.providers.domain import LIFECYCLE, MOST_LIVING
from services.access.federation.providers.record import IdentityProvider
from services.access.federation.providers.tables import identity_provider
from shared.database.context import Lookup
from shared.database.statements import Connection, Statement
from shared.records.access_scope import AccessKind, constant, visible
from shared.records.columns import renderer, shown_columns
from shared.records.listing import Filter
from shared.records.next_steps import NextSteps
from shared.records.plain import listing_by_state
from shared.records.rows import record_of, records_of

COLUMNS = shown_columns(IdentityProvider, identity_provider)
render = renderer(COLUMNS)
_is_active = identity_provider.c.status == constant("active")
_ACTIVE = Lookup(select(identity_provider).where(_is_active).order_by(identity_provider.c.code).limit(MOST_LIVING))
_GIVING_TOKENS = Lookup(
    select(identity_provider).where(_is_active, identity_provider.c.access_tokens.is_not(None)).limit(MOST_LIVING)
)
_STORE_KEYS = Statement(
    update(identity_provider)
    .where(identity_provider.c.id == bindparam("key"))
    .values(token_keys=bindparam("keys"), token_keys_at=bindparam("at"))
)
_OF_CODE = Lookup(select(identity_provider).where(_is_active, identity_provider.c.code == bindparam("code")).limit(1))
_LIVING = Statement(
    select(func.count()).select_from(identity_provider).where(identity_provider.c.status != constant("retired"))
)


def visible_to(access_kind: AccessKind) -> Select[Any]:
    """Providers that the caller may read; none is published."""
    return select(identity_provider).where(visible(identity_provider, access_kind, NO_STATE))


NEXT_STEPS = NextSteps("access.identity_providers", identity_provider, ())
LISTING = listing_by_state(
    identity_provider,
    LIFECYCLE.states,
    visible_to,
    COLUMNS,
    Filter("code", "Its name in addresses", str, lambda bound: identity_provider.c.code == bound),
    NEXT_STEPS.holder,
)


async def active(connection: Connection) -> Sequence[IdentityProvider]:
    """The providers at which people sign in, by code."""
    return records_of(IdentityProvider, await _ACTIVE.fetch(connection))


async def of_code(connection: Connection, code: str) -> IdentityProvider | None:
    """The active provider with this code."""
    row = await _OF_CODE.fetchrow(connection, code=code)
    return record_of(IdentityProvider, row) if row else None


async def giving_tokens(connection: Connection) -> Sequence[IdentityProvider]:
    """The active providers whose access tokens are taken."""
    return records_of(IdentityProvider, await _GIVING_TOKENS.fetch(connection))


async def store_keys(connection: Connection, provider: UUID, keys: Sequence[Mapping[str, Any]], at: datetime) -> None:
    """Stores the keys that verify access tokens of the provider."""
    await _STORE_KEYS.execute(connection, key=provider, keys=list(keys), at=at)


async def living(connection: Connection) -> int:
    """How many providers are not retired."""
    found: int = await _LIVING.fetchval(connection)
    return found
