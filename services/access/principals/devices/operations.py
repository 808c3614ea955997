"""Giving codes to a device, deciding about them, and giving a session for them."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.access.authority.grants.authority import roles_of_two
from services.access.authority.grants.queries import is_active
from services.access.principals.codes.domain import new_code
from services.access.principals.codes.operations import open_for
from services.access.principals.codes.queries import SignIn
from services.access.principals.devices import domain, queries
from services.access.principals.devices.domain import Decision, Fault
from services.access.principals.devices.queries import Device
from services.access.principals.sessions import operations as sessions
from services.access.principals.sessions.domain import digest
from services.access.principals.sessions.operations import Renewal
from shared.database.ids import uuid7
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.principal import Principal, PrincipalKind
from shared.records.accesses import record_access


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes of a device: its own, and the one that a person types."""

    device_code: str
    user_code: str


async def give(uow: UnitOfWork, key: bytes, client: UUID, scope: str, network: str) -> Codes:
    """Codes for a device that asks from a network. They live for ten minutes."""
    at = now()
    while True:
        codes = Codes(new_code(), domain.new_user_code())
        is_new = await queries.add(
            uow.connection,
            id=uuid7(),
            digest=digest(codes.device_code),
            user_digest=domain.user_digest(key, codes.user_code),
            client=client,
            scope=scope,
            network=network,
            asked_at=at,
            until=at + domain.LIFE,
            pause=domain.PAUSE,
        )
        if is_new:
            return codes


async def decide(uow: UnitOfWork, user_digest: bytes, session: UUID, decision: Decision) -> bool:
    """Stores, once, what the person of a browser decided. False if the code waits no longer."""
    at = now()
    decided = await queries.decide(uow.connection, user_digest, decision, session, at)
    if decided is None:
        return False
    device, network = decided
    action, details = "allow" if decision == "allowed" else "deny", {"asked_from": network}
    record_access(uow, domain.DEVICES, action, device, details, person=uow.origin.actor.id)
    return True


async def redeem(uow: UnitOfWork, device_code: str, client: UUID, bound_to: str | None) -> Renewal | Fault:
    """The session for a code that a person allowed, or why there is none.

    A second use means that the code was copied, and ends the session that the first one gave.
    """
    found = await queries.take(uow.connection, digest(device_code))
    if found is None or found.client != client:
        return "invalid_grant"
    sign_in = found.sign_in
    if sign_in is not None:
        uow.origin = replace(uow.origin, actor=Principal(PrincipalKind.ACCOUNT, sign_in.account_id))
    if found.used_at is not None:
        if found.given is not None and sign_in is not None:
            await sessions.end(uow, sign_in.account_id, found.given, reason="code used twice")
        return "invalid_grant"
    if found.until <= now():
        return "expired_token"
    if sign_in is None:
        return await _polled(uow, found)
    if found.decision == "denied" or not await _may_sign_in(uow, sign_in):
        return "access_denied"
    renewal = await open_for(uow, sign_in, found.client, found.scope, bound_to)
    await queries.use(uow.connection, found.id, renewal.session.id)
    return renewal


async def _may_sign_in(uow: UnitOfWork, sign_in: SignIn) -> bool:
    """Whether the person who allowed it is still signed in there, and may be signed in on the device."""
    is_there = sign_in.is_signed_in and await is_active(uow.connection, "account", sign_in.account_id)
    return is_there and not await is_barred(uow, sign_in.account_id)


async def is_barred(uow: UnitOfWork, account: UUID) -> bool:
    """Whether the person has a role of two: they sign in with the browser of the device itself."""
    return bool(await roles_of_two(uow.connection, PrincipalKind.ACCOUNT, account))


async def _polled(uow: UnitOfWork, found: Device) -> Fault:
    at = now()
    is_early = found.polled_at is not None and (at - found.polled_at).total_seconds() < found.pause
    await queries.note_poll(uow.connection, found.id, at, found.pause + (domain.PAUSE if is_early else 0))
    return "slow_down" if is_early else "authorization_pending"
