"""Deleting self-registered accounts without use."""

from dataclasses import replace

from services.access.principals.accounts.domain import UNUSED
from services.access.principals.accounts.operations import ACCOUNTS
from services.access.self_service.own_account import queries
from shared.audit.details import erase_details
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now


async def delete_unused(uow: UnitOfWork) -> None:
    """Deletes up to 200 self-registered accounts that have had no grant and no record for 30 days. Their names and
    addresses become unreadable in the audit trail."""
    for account in await queries.lock_unused(uow.connection, now() - UNUSED):
        await queries.delete_account(uow.connection, account.id)
        await erase_details(uow, account.id)
        ACCOUNTS.record_change(uow, "delete", account, replace(account, version=account.version + 1), "deleted")
