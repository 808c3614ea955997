"""Summing the calls of clients, and the notices to those who look after a client that calls retiring operations."""

from services.access.principals.client_calls import queries
from services.access.principals.clients.operations import CLIENTS
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now, today


async def sum_up(uow: UnitOfWork) -> None:
    """Adds the calls that processes counted to the sums by day."""
    await queries.sum_up(uow.connection, today())


async def remind(uow: UnitOfWork) -> None:
    """Announces for each client once that it calls a retiring operation, and again 90, 30 and 7 days before the end of
    the operation, if it called it in the last 30 days."""
    await sum_up(uow)
    for key in await queries.take_due(uow.connection, today(), now()):
        client = await CLIENTS.lock(uow, key)
        CLIENTS.record_change(uow, "remind", client, client, "deprecation_due")
