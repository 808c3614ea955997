"""Scheduled transitions of second factors."""

from services.access.factors.factors import operations
from shared.database.unit_of_work import UnitOfWork


async def end_over(uow: UnitOfWork) -> None:
    """Removes factors that nobody confirmed in time, and unlocks those whose lock is over."""
    while await operations.end_over(uow):
        pass
