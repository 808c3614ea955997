"""Scheduled transitions of API keys."""

from services.access.principals.api_keys import operations
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now


async def expire_api_keys(uow: UnitOfWork) -> None:
    """Ends expired keys, which have no effect after their expiry."""
    while await operations.expire(uow, now()):
        pass
