"""Ending what must not go on, as the system and without a second person: each act writes its audit entry and its fact,
as it does over HTTP."""

from dataclasses import replace
from typing import TypeVar

from services.access.authority.grants import operations as grants
from services.access.overview.incidents import queries
from services.access.principals.accounts import operations as accounts
from services.access.principals.accounts.domain import USABLE
from services.access.principals.clients.operations import CLIENTS
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import Conflict, NotFound

T = TypeVar("T")


def _found(record: T | None, what: str, key: str) -> T:
    if record is None:
        raise NotFound(f"There is no {what} {key}.")
    return record


async def disable_account(uow: UnitOfWork, email: str, reason: str) -> None:
    """Suspends the account and ends its sessions; the secretariat alone reinstates it. Raises NotFound, and Conflict
    for one that is suspended."""
    before = _found(await queries.account_of(uow.connection, email), "account", email)
    if before.status not in USABLE:
        raise Conflict(f"The account is {before.status}.")
    await accounts.suspend(uow, before, reason, by="secretariat")


async def reset_account(uow: UnitOfWork, email: str) -> None:
    """Mails the owner a link to choose another password. Raises NotFound, and Conflict for one that is not active."""
    before = _found(await queries.account_of(uow.connection, email), "account", email)
    if before.status != "active":
        raise Conflict(f"The account is {before.status}.")
    await accounts.send_reset(uow, before)


async def revoke_client(uow: UnitOfWork, client_id: str, reason: str) -> None:
    """Ends the client for good. Raises NotFound, and Conflict for one that has ended."""
    before = _found(await queries.client_of(uow.connection, client_id), "client", client_id)
    if before.status == "revoked":
        raise Conflict("The client is revoked.")
    await CLIENTS.write(uow, "revoke", before, replace(before, status="revoked"), fact="revoked", reason=reason)


async def end_grant(uow: UnitOfWork, ref: str, reason: str) -> None:
    """Revokes the grant and those delegated from it. Raises NotFound, and Conflict for one that has ended."""
    before = _found(await queries.grant_of(uow.connection, ref), "grant", ref)
    if before.status not in queries.STATES["grants"]:
        raise Conflict(f"The grant is {before.status}.")
    await grants.revoke(uow, before, reason)
    await grants.end_delegated(uow, before.id)
