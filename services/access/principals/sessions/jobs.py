"""Scheduled ends of sessions."""

from services.access.principals.sessions import operations, queries
from services.access.principals.sessions.domain import RETENTION
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now


async def expire_sessions(uow: UnitOfWork) -> None:
    """Ends sessions that were not renewed in time, and deletes those past their retention."""
    while await operations.expire(uow, now()):
        pass
    await queries.delete_expired(uow.connection, now(), now() - RETENTION)
