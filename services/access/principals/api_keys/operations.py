"""Writing API keys: one function per verb. Each writes its row, one audit entry and one fact."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.access.authority.grants.authority import require_authority, roles_of_two
from services.access.authority.grants.queries import is_active
from services.access.principals.accounts.credentials import note_change
from services.access.principals.api_keys import domain, queries
from services.access.principals.api_keys.domain import KeyGuardContext
from services.access.principals.api_keys.record import ApiKey
from services.access.principals.api_keys.tables import api_key
from shared.auth.api_keys import SHOWN, digest, new_api_key
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import now
from shared.kernel.errors import Conflict, Forbidden, invalid_field, unknown_reference
from shared.kernel.lifecycle import Fields
from shared.kernel.principal import Principal, PrincipalKind
from shared.records.access_scope import AccessScope
from shared.records.requirements import permitted, require
from shared.records.resource_type import ResourceType, TransitionRequest

API_KEYS: ResourceType[ApiKey, KeyGuardContext] = ResourceType.of(ApiKey, api_key, domain.LIFECYCLE)


async def create(uow: UnitOfWork, access: AccessScope, new: ApiKey) -> tuple[ApiKey, str]:
    """Inserts a key. Returns it and its text, which is shown only once. A person makes keys that act for themselves;
    keys of clients are made by callers who may create clients and have authority over all that the client holds. If
    that includes a role of two, the key waits for a second person.

    Raises Forbidden, Invalid for an owner that is not active or an expiry that is not within a year, Conflict if the
    owner has 20 keys.
    """
    principal = access.principal
    if principal.is_break_glass:
        raise Forbidden("The break-glass account gets no way in of its own.", code="needs_a_person")
    owner, status = (new.owner_kind, new.owner_id), "active"
    if principal.kind is not PrincipalKind.ACCOUNT or owner != ("account", principal.id):
        if (why := domain.why_not_make(principal, new.owner_kind)) is not None:
            raise Forbidden("You cannot create a key for this owner.", members={"reason": why})
        require(access, "create", None)
        if not await is_active(uow.connection, *owner):
            raise unknown_reference("/owner/id", "client in use")
        if owner != (str(principal.kind), principal.id):
            await require_authority(uow, principal, PrincipalKind.CLIENT, new.owner_id)
            await note_change(uow, "client", new.owner_id, "secret")
            is_of_two = await roles_of_two(uow.connection, PrincipalKind.CLIENT, new.owner_id)
            status = "proposed" if is_of_two else status
    if not domain.is_timely(new.expires_at, now()):
        raise invalid_field("/expires_at", "out_of_range", "A key ends in the future, at most 365 days ahead.")
    if await queries.living(uow.connection, new.owner_id) >= domain.MOST_LIVING:
        raise Conflict(f"An owner has at most {domain.MOST_LIVING} keys in use.", members={"reason": "too_many_keys"})
    key = new_api_key()
    new = replace(new, status=status, visibility="restricted", digest=digest(key), hint=key[:SHOWN])
    return await API_KEYS.insert(uow, new), key


async def update(uow: UnitOfWork, _access: AccessScope, before: ApiKey, wanted: ApiKey) -> ApiKey:
    """Renames the key."""
    return await API_KEYS.update(uow, before, wanted)


async def transition(uow: UnitOfWork, access: AccessScope, before: ApiKey, requested: TransitionRequest) -> ApiKey:
    """Applies one transition. Raises what `Lifecycle.advance` raises, and Forbidden if the caller confirms a key of a
    client and has no authority over all that the client holds."""
    if requested.action == domain.CONFIRM:
        await require_authority(uow, access.principal, PrincipalKind.CLIENT, before.owner_id)
    guard_context = await load_guard_context(uow.connect, access.principal, before, requested.fields)
    after = await API_KEYS.apply_transition(uow, before, requested, guard_context, permitted(access, before))
    if requested.action == domain.CONFIRM:
        await note_change(uow, "client", before.owner_id, "secret")
    return after


async def suspend_all(uow: UnitOfWork, account: UUID) -> int:
    """Suspends the active keys of an account until its owner enables them again. Returns how many."""
    keys = await queries.lock_in_use(uow.connection, account)
    for before in keys:
        await API_KEYS.apply_scheduled(uow, before, "suspend")
    return len(keys)


async def revoke_all(uow: UnitOfWork, account: UUID, reason: str) -> None:
    """Revokes every key of an account that has not ended."""
    for before in await queries.lock_living(uow.connection, account):
        await _revoke(uow, before, reason)


async def revoke_own(uow: UnitOfWork, account: UUID, key: UUID) -> None:
    """Revokes a key of an account; one that has ended, or that somebody else owns, does not change."""
    for before in await queries.lock_living(uow.connection, account):
        if before.id == key:
            await _revoke(uow, before, None)


async def _revoke(uow: UnitOfWork, before: ApiKey, reason: str | None) -> None:
    requested = TransitionRequest("revoke", reason, {})
    await API_KEYS.apply_transition(uow, before, requested, KeyGuardContext(is_owner=True), lambda _verb: True)


async def expire(uow: UnitOfWork, at: datetime) -> int:
    """Ends up to 200 expired keys. Returns how many."""
    keys = await queries.over(uow.connection, at)
    for before in keys:
        await API_KEYS.apply_scheduled(uow, before, "expire")
    return len(keys)


async def load_guard_context(
    _connect: Connect, principal: Principal, record: ApiKey, _fields: Fields
) -> KeyGuardContext:
    """Loads the inputs of the guards: whether the caller owns the key."""
    return KeyGuardContext((str(principal.kind), principal.id) == (record.owner_kind, record.owner_id))
