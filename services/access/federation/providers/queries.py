"""Reading identity providers."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, bindparam, func, select

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


async def living(connection: Connection) -> int:
    """How many providers are not retired."""
    found: int = await _LIVING.fetchval(connection)
    return found
