"""What time does to API keys."""

from services.access.api_keys import operations
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now


async def expire_api_keys(uow: UnitOfWork) -> None:
    """Ends expired keys. They have had no effect since they expired."""
    while await operations.expire(uow, now()):
        pass
