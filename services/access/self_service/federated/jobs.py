"""Forgetting people who did not come back from an identity provider."""

from services.access.self_service.federated import queries
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now


async def forget_ways(uow: UnitOfWork) -> None:
    """Deletes the ways to providers that have expired."""
    await queries.delete_expired(uow.connection, now())
