"""Linking and unlinking identities. Each writes one audit entry and one fact."""

from dataclasses import replace
from uuid import UUID

from services.access.federation.identities import domain, queries
from services.access.federation.identities.record import Identity
from services.access.federation.identities.tables import identity
from services.access.federation.providers.record import IdentityProvider
from services.access.principals.sessions import operations as sessions
from services.access.principals.sessions.queries import best_of
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import Conflict
from shared.kernel.step_up import Level
from shared.records.resource_type import ResourceType, TransitionRequest

IDENTITIES: ResourceType[Identity, None] = ResourceType.of(Identity, identity, domain.LIFECYCLE, is_personal=True)


async def link(uow: UnitOfWork, provider: IdentityProvider, account: UUID, subject: str, email: str | None) -> Identity:
    """Links an account with a person at a provider, whom nobody is linked with."""
    new = replace(
        IDENTITIES.new({}),
        status="linked",
        visibility="restricted",
        account_id=account,
        provider=provider.id,
        issuer=provider.issuer,
        subject=subject,
        email=email,
    )
    return await IDENTITIES.insert(uow, new, fact="linked")


async def unlink(uow: UnitOfWork, account: UUID, chosen: UUID, *, has_passwords: bool) -> None:
    """Takes a link of an account back, and ends the sessions of that provider; what is not linked does not change.

    Raises Conflict `last_way_in` if the person could not sign in any more.
    """
    linked = await queries.lock_all(uow.connection, account)
    before = next((one for one in linked if one.id == chosen), None)
    if before is None:
        return
    if len(linked) == 1 and not (has_passwords and await _signs_in_here(uow, account)):
        raise Conflict("It is the only way to sign in to this account.", code="last_way_in")
    await _unlink(uow, before, None)


async def _signs_in_here(uow: UnitOfWork, account: UUID) -> bool:
    has_passkey = await best_of(uow.connection, account) is Level.PASSKEY
    return has_passkey or await queries.has_password(uow.connection, account)


async def unlink_all(uow: UnitOfWork, account: UUID, reason: str) -> None:
    """Takes back every link of an account, for the system itself."""
    for before in await queries.lock_all(uow.connection, account):
        await _unlink(uow, before, reason)


async def _unlink(uow: UnitOfWork, before: Identity, reason: str | None) -> None:
    request = TransitionRequest(domain.UNLINK, reason, {})
    await IDENTITIES.apply_transition(uow, before, request, None, lambda _verb: True)
    await sessions.end_all_of_provider(uow, before.provider, account=before.account_id, reason="identity unlinked")
