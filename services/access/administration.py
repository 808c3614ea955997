"""Setup from the command line, without HTTP."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import UUID

import asyncpg

from services.access.access import EVERY_RESOURCE, MACHINE_ROLE, ROLE_SCOPES, WantedGrant
from services.access.authority.grants import operations as grants
from services.access.principals.accounts import operations as accounts
from services.access.principals.accounts.domain import LONGEST_PASSWORD, SHORTEST_ALONE, is_email
from services.access.principals.accounts.leaked_passwords import refuse_leaked
from services.access.principals.clients import operations as clients
from services.access.principals.clients.domain import (
    AUTHORIZATION_CODE,
    CHANGE_CREDENTIALS,
    GRANTS,
    keys_required,
    new_client_id,
    new_secret,
)
from services.access.principals.clients.record import KeySet
from services.access.settings import AccessSettings
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import UnitOfWork, unit_of_work
from shared.kernel.errors import Conflict, invalid_field
from shared.kernel.text import nfc

_WHOLE: Mapping[str, object] = {
    "scope_kind": "global",
    "scope_id": None,
    "resources": sorted(EVERY_RESOURCE),
    "verbs": ["read", "write"],
    "ip_allow": [],
    "redirect_uris": [],
    "post_logout_redirect_uris": [],
    "grants": list(GRANTS),
    "public": False,
    "require_par": False,
    "dpop_bound": False,
    "contacts": [],
    "sandbox": False,
}
"""A client for everything everywhere, without a secret."""


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
    if not SHORTEST_ALONE <= len(password) <= LONGEST_PASSWORD:
        detail = f"A password has {SHORTEST_ALONE} to {LONGEST_PASSWORD} characters."
        raise invalid_field("/password", "invalid_length", detail)
    refuse_leaked(AccessSettings(database_url=database_url).breached_passwords, password, "/password")
    try:
        async with setting_up(database_url) as uow:
            account = await enter_account(uow, email, nfc(name), password)
            await enter_grant(uow, "account", account, "secretariat_admin", "global", None)
    except asyncpg.UniqueViolationError as error:
        raise Conflict("There is an account with this address.") from error
    return account


async def invite(
    database_url: str, email: str, name: str, language: str = "en", role: str | None = None, country: str | None = None
) -> UUID:
    """Creates an account whose owner is mailed a link to choose a password, with a role over a country or everywhere.
    Returns its id.

    Raises Invalid for an invalid address, an unknown role and a scope that the role does not allow, Conflict if the
    address has an account.
    """
    if not is_email(email):
        raise invalid_field("/email", "invalid_format", "This is not an e-mail address.")
    try:
        async with setting_up(database_url) as uow:
            new = accounts.ACCOUNTS.new({"email": email, "name": nfc(name), "language": language})
            account = await accounts.invite(uow, new)
            if role is not None:
                await enter_grant(uow, "account", account.id, role, *_scope(country))
    except asyncpg.UniqueViolationError as error:
        raise Conflict("There is an account with this address.") from error
    return account.id


async def create_client(
    database_url: str,
    name: str,
    country: str | None,
    roles: Iterable[str],
    *,
    writes: bool,
    keys: Mapping[str, object] | None = None,
) -> tuple[str, str | None]:
    """Creates an API client for all resources, with roles over a country or everywhere. Returns its id and its secret,
    which is not stored; none if it has keys, with which it signs.

    Raises Invalid for an unknown country, an unknown role, a scope that a role does not allow, keys that cannot be
    used, and none where clients sign.
    """
    if keys is None and not AccessSettings(database_url=database_url).gives_secrets:
        raise keys_required()
    client_id, secret = new_client_id(), None if keys else new_secret()
    verbs = ("read", "write") if writes else ("read",)
    async with setting_up(database_url) as uow:
        await enter_client(uow, client_id, secret, nfc(name), country, verbs, (MACHINE_ROLE, *roles), keys=keys)
    return client_id, secret


async def register_console(database_url: str, client_id: str, keys: KeySet, address: str) -> bool:
    """Makes the console of this installation a client of its own, first-party, to which people are sent back at
    `address`; or gives it other keys. Returns whether anything changed.

    A client that was suspended or revoked stays so.
    """
    async with setting_up(database_url) as uow:
        found: UUID | None = await uow.connection.fetchval(
            "SELECT id FROM access_client WHERE client_id = $1", client_id
        )
        if found is None:
            wanted = {
                **_WHOLE,
                "name": "Console",
                "jwks": keys,
                "redirect_uris": [address],
                "grants": [AUTHORIZATION_CODE],
            }
            await clients.insert(uow, clients.CLIENTS.new(wanted), client_id, None, first_party=True)
            return True
        before = await clients.CLIENTS.lock(uow, found)
        if before.jwks == keys:
            return False
        await clients.CLIENTS.write(uow, CHANGE_CREDENTIALS, before, replace(before, jwks=keys), fact="updated")
        return True


def _scope(country: str | None) -> tuple[str, str | None]:
    return ("country", country) if country else ("global", None)


async def enter_account(uow: UnitOfWork, email: str, name: str, password: str) -> UUID:
    """Inserts an account without a role. Returns its id."""
    new = accounts.ACCOUNTS.new({"email": email, "name": name, "language": "en"})
    return (await accounts.insert(uow, new, password)).id


async def enter_client(
    uow: UnitOfWork,
    client_id: str,
    secret: str | None,
    name: str,
    country: str | None,
    verbs: Iterable[str],
    roles: Iterable[str],
    *,
    keys: Mapping[str, object] | None = None,
) -> None:
    """Inserts a client for all resources, with roles over a country or everywhere. Raises Invalid as `enter_grant`."""
    kind, scope = _scope(country)
    wanted = {**_WHOLE, "name": name, "scope_kind": kind, "scope_id": scope, "verbs": list(verbs), "jwks": keys}
    client = await clients.insert(uow, clients.CLIENTS.new(wanted), client_id, secret)
    for role in roles:
        await enter_grant(uow, "client", client.id, role, kind, scope)


async def enter_grant(
    uow: UnitOfWork, kind: str, principal: UUID, role: str, scope_kind: str, scope_id: str | None
) -> None:
    """Inserts an active grant from today, without a second person. Raises Invalid for an unknown role, a scope that it
    does not allow, and a role of the other kind of principals."""
    if role not in ROLE_SCOPES:
        raise invalid_field("/role", "invalid_value", f"One of: {', '.join(sorted(ROLE_SCOPES))}.")
    grants.check(role, kind, scope_kind, scope_id)
    wanted = WantedGrant(role, scope_kind, scope_id, kind, principal)
    await grants.insert(uow, wanted, reason="set up by the operator")
