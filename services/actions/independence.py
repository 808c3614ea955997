"""Who may verify a claim about a country: a principal that is independent of the claimants."""

from collections.abc import Collection
from uuid import UUID

from services.actions.access import speaks_for
from shared.auth.independence import is_another
from shared.database.unit_of_work import Connect
from shared.kernel.principal import Principal


async def is_independent(connect: Connect, principal: Principal, country: str, claimants: Collection[UUID]) -> bool:
    """Whether the principal holds no office of the country and is not one of the claimants."""
    return not speaks_for(principal, country) and await is_another(connect, principal, claimants)
