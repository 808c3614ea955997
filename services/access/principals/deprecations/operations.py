"""The notices to those who look after a client that calls retiring operations."""

from services.access.principals.clients.operations import CLIENTS
from services.access.principals.deprecations import queries
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now, today


async def remind(uow: UnitOfWork) -> None:
    """Announces for each client once that it calls a retiring operation, and again 90, 30 and 7 days before the end of
    the operation, if it called it in the last 30 days."""
    await queries.tidy(uow.connection, today())
    for key in await queries.take_due(uow.connection, today(), now()):
        client = await CLIENTS.lock(uow, key)
        CLIENTS.record_change(uow, "remind", client, client, "deprecation_due")
