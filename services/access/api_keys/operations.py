"""Writing API keys: one function per verb. Each writes its row, one audit entry and one fact."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from services.access.accounts.credentials import note_change
from services.access.api_keys import domain, queries
from services.access.api_keys.domain import KeyGuardContext
from services.access.api_keys.record import ApiKey
from services.access.api_keys.tables import api_key
from services.access.authority import require_authority, roles_of_two
from services.access.grants.queries import is_active
from shared.auth.api_keys import SHOWN, api_key_digest, new_api_key
from shared.database.statements import Row
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import now
from shared.kernel.errors import Conflict, Forbidden, invalid_field
from shared.kernel.principal import Principal, PrincipalKind
from shared.records.access_scope import AccessScope
from shared.records.resource_type import ResourceType, TransitionRequest, permitted, require

API_KEYS: ResourceType[ApiKey, KeyGuardContext] = ResourceType.of(ApiKey, api_key, domain.LIFECYCLE)


async def create(uow: UnitOfWork, access: AccessScope, values: Mapping[str, Any]) -> tuple[Row, str]:
    """A new key, and its text, which is told this once. A person makes keys that act for themselves; keys of clients
    are made by those who enter clients and have authority over all that the client holds. Where that includes a role of
    two, the key waits for a second person.

    Raises Forbidden, Invalid for an owner that is not in use or an end that is not within a year, Conflict where the
    owner has 20 keys in use.
    """
    principal = access.principal
    owner, status = (values["owner_kind"], values["owner_id"]), "active"
    if principal.kind is not PrincipalKind.ACCOUNT or owner != ("account", principal.id):
        if (why := domain.why_not_make(principal, values["owner_kind"])) is not None:
            raise Forbidden("You cannot create a key for this owner.", members={"reason": why})
        require(access, "create", None)
        if not await is_active(uow.connection, *owner):
            raise invalid_field("/owner/id", "unknown_reference", "There is no such client in use.")
        if owner != (str(principal.kind), principal.id):
            await require_authority(uow, principal, PrincipalKind.CLIENT, values["owner_id"])
            await note_change(uow, "client", values["owner_id"], "secret")
            is_of_two = await roles_of_two(uow.connection, PrincipalKind.CLIENT, values["owner_id"])
            status = "proposed" if is_of_two else status
    if not domain.is_timely(values["expires_at"], now()):
        raise invalid_field("/expires_at", "out_of_range", "A key ends in the future, at most 365 days ahead.")
    if await queries.living(uow.connection, values["owner_id"]) >= domain.MOST_LIVING:
        raise Conflict(f"An owner has at most {domain.MOST_LIVING} keys in use.", members={"reason": "too_many_keys"})
    key = new_api_key()
    blank = {"status": status, "country": None, "visibility": "restricted"}
    return await API_KEYS.insert(uow, {**blank, **values, "digest": api_key_digest(key), "hint": key[:SHOWN]}), key


async def update(uow: UnitOfWork, seen: Row, values: Mapping[str, Any]) -> Row:
    """The key under another name."""
    before = await API_KEYS.lock(uow, seen["id"], seen["version"])
    return await API_KEYS.update(uow, before, values)


async def transition(uow: UnitOfWork, access: AccessScope, seen: Row, requested: TransitionRequest) -> Row:
    """One step of a key's life. Raises what `Lifecycle.advance` raises, and Forbidden where the caller confirms a key
    of a client and has no authority over all that the client holds."""
    before = await API_KEYS.lock(uow, seen["id"], seen["version"])
    if requested.action == domain.CONFIRM:
        await require_authority(uow, access.principal, PrincipalKind.CLIENT, before["owner_id"])
    after = await API_KEYS.apply_transition(
        uow, before, requested, _guard_context(access.principal, before), permitted(access, before)
    )
    if requested.action == domain.CONFIRM:
        await note_change(uow, "client", before["owner_id"], "secret")
    return after


async def suspend_all(uow: UnitOfWork, account: UUID) -> int:
    """Suspends the keys in use of an account until its owner enables them again; how many."""
    rows = await queries.lock_in_use(uow.connection, account)
    for before in rows:
        await API_KEYS.apply_scheduled(uow, before, "suspend")
    return len(rows)


async def expire(uow: UnitOfWork, at: datetime) -> int:
    """Ends up to 200 keys whose time is over; how many."""
    rows = await queries.over(uow.connection, at)
    for before in rows:
        await API_KEYS.apply_scheduled(uow, before, "expire")
    return len(rows)


async def load_guard_context(
    _connect: Connect, principal: Principal, row: Mapping[str, Any], _fields: Mapping[str, Any]
) -> KeyGuardContext:
    """Whether the caller owns the key."""
    return _guard_context(principal, row)


def _guard_context(principal: Principal, row: Mapping[str, Any]) -> KeyGuardContext:
    return KeyGuardContext((str(principal.kind), principal.id) == (row["owner_kind"], row["owner_id"]))


def written(row: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that a caller writes, as they stand in a row that was read."""
    return {"name": row["name"]}
