"""Setup from the command line, without HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg

from services.access.access import WantedGrant
from services.access.accounts import operations as accounts
from services.access.accounts.domain import LONGEST_PASSWORD, SHORTEST_PASSWORD, is_email
from services.access.grants import operations as grants
from services.access.settings import AccessSettings
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import UnitOfWork, unit_of_work
from shared.kernel.errors import Conflict, invalid_field
from shared.kernel.text import nfc


@asynccontextmanager
async def setting_up(database_url: str) -> AsyncIterator[UnitOfWork]:
    """A unit of work as the system, in the database role of access."""
    settings = AccessSettings(database_url=database_url)
    database = await Database.open(settings.database_dsn(), size=1, application="escm-access-administration")
    try:
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            yield uow
    finally:
        await database.close()


async def create_admin(database_url: str, email: str, password: str, name: str = "Administrator") -> UUID:
    """Creates an account with secretariat_admin everywhere. Returns its id.

    Raises Invalid for an invalid address or password, Conflict if the address has an account.
    """
    if not is_email(email):
        raise invalid_field("/email", "invalid_format", "This is not an e-mail address.")
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        detail = f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters."
        raise invalid_field("/password", "invalid_length", detail)
    try:
        async with setting_up(database_url) as uow:
            account = await enter_account(uow, email, nfc(name), password)
            await enter_grant(uow, "account", account, "secretariat_admin", "global", None)
    except asyncpg.UniqueViolationError as error:
        raise Conflict("There is an account with this address.") from error
    return account


async def enter_account(uow: UnitOfWork, email: str, name: str, password: str) -> UUID:
    """Inserts an account without a role. Returns its id."""
    new = accounts.ACCOUNTS.new({"email": email, "name": name, "language": "en"})
    return (await accounts.insert(uow, new, password)).id


async def enter_grant(
    uow: UnitOfWork, kind: str, principal: UUID, role: str, scope_kind: str, scope_id: str | None
) -> None:
    """Inserts an active grant from today, without a second person."""
    wanted = WantedGrant(role, scope_kind, scope_id, kind, principal)
    await grants.insert(uow, wanted, reason="set up by the operator")
