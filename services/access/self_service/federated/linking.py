"""Whose account somebody from an identity provider signs in to. Issuer and subject decide, never an address."""

from dataclasses import replace
from uuid import UUID

from services.access.authority.grants.queries import is_active
from services.access.federation.identities import operations as identities
from services.access.federation.identities import queries as known
from services.access.federation.identities.record import Identity
from services.access.federation.providers.domain import is_authoritative
from services.access.federation.providers.record import IdentityProvider
from services.access.principals.accounts import operations as accounts
from services.access.principals.accounts import queries as found
from services.access.principals.accounts.domain import USABLE
from services.access.principals.accounts.record import Account
from services.access.self_service.account_mail import operations as account_mail
from services.access.self_service.federated.domain import Person
from shared.database.locks import lock_names
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.errors import Conflict, Forbidden
from shared.kernel.principal import Principal, PrincipalKind
from shared.kernel.text import email_key


def taken() -> Conflict:
    """The error for an identity of another account."""
    return Conflict("This identity is linked with another account.", code="identity_taken")


def unknown() -> Forbidden:
    """The error for somebody whom no account is linked with. It does not say whether one has their address."""
    return Forbidden("No account is linked with this identity.", code="identity_not_linked")


async def link(uow: UnitOfWork, provider: IdentityProvider, account: UUID, subject: str, person: Person) -> None:
    """Links the account of somebody who is signed in; a second time changes nothing. Raises Conflict."""
    before = await _linked(uow, provider, subject)
    if before is not None and before.account_id != account:
        raise taken()
    if before is None:
        await identities.link(uow, provider, account, subject, person.email)


async def accept(uow: UnitOfWork, provider: IdentityProvider, invitation: bytes, subject: str, person: Person) -> UUID:
    """The account of an invitation, linked. Raises Invalid for a token that is not valid, Conflict."""
    if await _linked(uow, provider, subject) is not None:
        raise taken()
    invited = await account_mail.invited(uow, invitation)
    await _give(uow, provider, invited, subject, person)
    return invited.id


async def account_of(uow: UnitOfWork, provider: IdentityProvider, subject: str, person: Person, language: str) -> UUID:
    """The account of somebody who comes by themselves: the linked one, that of their address if the provider is
    authoritative for it and nobody has had a way in, or a new one. Raises Forbidden."""
    before = await _linked(uow, provider, subject)
    if before is not None:
        if not await is_active(uow.connection, "account", before.account_id):
            raise unknown()
        _act_as(uow, before.account_id)
        await known.used(uow.connection, before.id, now())
        return before.account_id
    if person.email is None:
        raise unknown()
    existing = await found.of_address(uow.connection, email_key(person.email))
    if existing is not None and is_authoritative(provider, person.email):
        existing = await accounts.ACCOUNTS.lock(uow, existing.id)
        if await _was_never_used(uow, existing):
            await _give(uow, provider, existing, subject, person)
            return existing.id
    is_free = existing is None or (
        await found.is_unclaimed(uow.connection, existing.id) and not await known.had_any(uow.connection, existing.id)
    )
    if not is_free or not _may_enter(provider, person.email):
        raise unknown()
    return await _enter(uow, provider, subject, person, language)


async def _linked(uow: UnitOfWork, provider: IdentityProvider, subject: str) -> Identity | None:
    """The identity, locked against others who come with it. One of a closed account is taken back."""
    await lock_names(uow.connection, f"identity {provider.issuer} {subject}")
    before = await known.lock_of_subject(uow.connection, provider.issuer, subject)
    if before is not None and await found.is_closed(uow.connection, before.account_id):
        await identities.unlink_all(uow, before.account_id, "account closed")
        return None
    return before


async def _was_never_used(uow: UnitOfWork, account: Account) -> bool:
    has_had = account.password_hash is not None or await known.had_any(uow.connection, account.id)
    return account.status in USABLE and not has_had


def _may_enter(provider: IdentityProvider, email: str) -> bool:
    """Whether a new account follows from signing in at this provider with this address."""
    is_of_domain = provider.accounts == "domain" and is_authoritative(provider, email)
    return provider.accounts == "anyone" or is_of_domain


async def _enter(uow: UnitOfWork, provider: IdentityProvider, subject: str, person: Person, language: str) -> UUID:
    """A new account, entered by its owner, which holds nothing."""
    email = person.email or ""
    new = accounts.ACCOUNTS.new({"email": email, "name": person.name, "language": language})
    _act_as(uow, new.id, new.name)
    entered = await accounts.insert(uow, new)
    if is_authoritative(provider, email):
        entered = await accounts.ACCOUNTS.update(uow, entered, replace(entered, email_verified=True))
    await _use(uow, await identities.link(uow, provider, entered.id, subject, email))
    return entered.id


async def _give(uow: UnitOfWork, provider: IdentityProvider, account: Account, subject: str, person: Person) -> None:
    """Links an account that nobody signed in to with its owner, and ends whatever somebody else prepared on it."""
    _act_as(uow, account.id, account.name)
    await account_mail.end_former_ways(uow, account.id)
    await accounts.take_over(uow, account)
    await _use(uow, await identities.link(uow, provider, account.id, subject, person.email))


async def _use(uow: UnitOfWork, identity: Identity) -> None:
    await known.used(uow.connection, identity.id, now())


def _act_as(uow: UnitOfWork, account: UUID, name: str = "") -> None:
    uow.origin = replace(uow.origin, actor=Principal(PrincipalKind.ACCOUNT, account, name))
