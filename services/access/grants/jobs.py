"""What time does to grants."""

from services.access.grants import operations
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import today


async def expire_grants(uow: UnitOfWork) -> None:
    """Ends the grants whose last day is over. They have been without effect since midnight."""
    while await operations.expire(uow, today()):
        pass
