"""Writing API clients: one function per verb. Each writes its rows, one audit entry and one fact."""

from collections.abc import Mapping
from typing import Any

import orjson

from services.access.access import MACHINE_ROLE, why_not_grant
from services.access.accounts.credentials import note_change
from services.access.authority import require_authority, require_granting, roles_of_two, wanted_by
from services.access.clients import domain
from services.access.clients.record import Client
from services.access.clients.tables import client
from services.access.grants import operations as grants
from shared.database.ids import uuid7
from shared.database.statements import Row
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import today
from shared.kernel.countries import COUNTRIES, in_region
from shared.kernel.errors import invalid_field
from shared.kernel.lifecycle import SecondPersonNeeded
from shared.kernel.principal import Principal, PrincipalKind
from shared.kernel.text import search_key
from shared.records.access_scope import AccessScope
from shared.records.resource_type import ResourceType, TransitionRequest, permitted, require
from shared.records.store import update_record

CLIENTS: ResourceType[Client, domain.ClientGuardContext] = ResourceType.of(Client, client, domain.LIFECYCLE)


async def create(uow: UnitOfWork, access: AccessScope, values: Mapping[str, Any]) -> tuple[Row, str | None]:
    """A new client with the role api_client over its scope, and its secret where it has no keys of its own.

    Further roles are handed to it as grants. Raises Invalid for a scope that does not exist, Forbidden beyond the
    caller's own scope.
    """
    require(access, "create", values["scope_id"] if values["scope_kind"] == "country" else None)
    _check_scope(values["scope_kind"], values["scope_id"])
    client = uuid7()
    machine = machine_grant({**values, "id": client})
    require_granting(why_not_grant(access.principal, wanted_by(machine), "create"))
    secret = None if values["jwks"] else domain.new_secret()
    secrets = [domain.digest(secret)] if secret else []
    row = await insert(uow, {"id": client, "client_id": domain.new_client_id(), "secrets": secrets, **values})
    await grants.insert(uow, machine, confirmed=True)
    await note_change(uow, "client", client, "secret")
    return row, secret


async def insert(uow: UnitOfWork, values: Mapping[str, Any]) -> Row:
    """A new client without any question and without a role: for what the system itself sets up."""
    return await CLIENTS.insert(
        uow,
        {
            "status": "active",
            "country": values["scope_id"] if values["scope_kind"] == "country" else None,
            "visibility": "restricted",
            "search_key": search_key(values["name"], values["client_id"]),
            **values,
        },
    )


def machine_grant(row: Mapping[str, Any]) -> dict[str, Any]:
    """The grant that makes a client one."""
    return {
        "principal_kind": "client",
        "principal_id": row["id"],
        "role": MACHINE_ROLE,
        "scope_kind": row["scope_kind"],
        "scope_id": row["scope_id"],
        "starts": today(),
        "ends": None,
        "reason": None,
        "second_person": None,
    }


async def update(uow: UnitOfWork, access: AccessScope, seen: Row, values: Mapping[str, Any]) -> Row:
    """The client with new values; where nothing differs, nothing is written and the version stays.

    Raises Forbidden for other keys or networks where the caller has no authority over all that the client holds, and
    SecondPersonNeeded for wider ones of a client with a role of two.
    """
    before = await CLIENTS.lock(uow, seen["id"], seen["version"])
    changed = {name: value for name, value in values.items() if value != before[name]}
    if changed.keys() & set(domain.CREDENTIALS):
        await require_authority(uow, access.principal, PrincipalKind.CLIENT, before["id"])
        if domain.widens(before, values) and await roles_of_two(uow.connection, PrincipalKind.CLIENT, before["id"]):
            raise SecondPersonNeeded(domain.CHANGE_CREDENTIALS, changed)
        await note_change(uow, "client", before["id"], "secret")
    return await CLIENTS.update(uow, before, _columns(before, values))


def _columns(before: Row, values: Mapping[str, Any]) -> dict[str, Any]:
    return {**values, "search_key": search_key(values["name"], before["client_id"])}


async def add_secret(uow: UnitOfWork, access: AccessScope, seen: Row) -> tuple[Row, str]:
    """A further secret. The one before it goes on to work until the next is added; an older one ends now. That of a
    client with a role of two is `proposed_secret`, which nobody signs in with, until `confirm_secret` makes it one.

    Raises Forbidden where the caller has no authority over all that the client holds.
    """
    before = await CLIENTS.lock(uow, seen["id"])
    await require_authority(uow, access.principal, PrincipalKind.CLIENT, before["id"])
    secret = domain.new_secret()
    waits = await roles_of_two(uow.connection, PrincipalKind.CLIENT, before["id"])
    values, action = _with_secret(before, domain.digest(secret)), "add_secret"
    if waits:
        values, action = {"proposed_secret": domain.digest(secret)}, "propose_secret"
    after = await update_record(uow, client, before, values)
    CLIENTS.record_change(uow, action, before, after, "updated")
    await note_change(uow, "client", before["id"], "secret")
    return after, secret


def _with_secret(before: Row, digest: bytes) -> dict[str, Any]:
    return {"secrets": domain.with_secret(before["secrets"], digest), "proposed_secret": None}


async def transition(uow: UnitOfWork, access: AccessScope, seen: Row, requested: TransitionRequest) -> Row:
    """One step of a client's life. Raises what `Lifecycle.advance` raises, and Forbidden for a step that gives it
    credentials where the caller has no authority over all that it holds."""
    before = await CLIENTS.lock(uow, seen["id"], seen["version"])
    guard_context = await load_guard_context(uow.connect, access.principal, before, requested.fields)
    columns: dict[str, Any] = {}
    if requested.action == domain.CHANGE_CREDENTIALS:
        given = {name: requested.fields[name] for name in domain.WRITABLE if name in requested.fields}
        columns = _columns(before, {**{name: before[name] for name in domain.WRITABLE}, **given})
    elif requested.action == domain.CONFIRM_SECRET and guard_context.has_proposed_secret:
        columns = _with_secret(before, before["proposed_secret"])
    if columns:
        await require_authority(uow, access.principal, PrincipalKind.CLIENT, before["id"])
    after = await CLIENTS.apply_transition(
        uow, before, requested, guard_context, permitted(access, before), lambda _target: columns
    )
    for actor in filter(None, (access.principal, requested.proposed_by) if columns else ()):
        await note_change(uow, "client", before["id"], "secret", by=actor)
    return after


async def load_guard_context(
    connect: Connect, _principal: Principal, row: Mapping[str, Any], _fields: Mapping[str, Any]
) -> domain.ClientGuardContext:
    """What the guards look at."""
    async with connect() as connection:
        is_of_two = bool(await roles_of_two(connection, PrincipalKind.CLIENT, row["id"]))
    return domain.ClientGuardContext(is_of_two, bool(row["proposed_secret"]))


def written(row: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that a caller writes, as they stand in a row that was read."""
    jwks = row["jwks"]
    return {"name": row["name"], "ip_allow": row["ip_allow"], "jwks": orjson.loads(jwks) if jwks else None}


def _check_scope(kind: str, scope: str | None) -> None:
    if kind == "global":
        known = scope is None
    else:
        known = scope in COUNTRIES if kind == "country" else bool(in_region(scope or ""))
    if not known:
        raise invalid_field("/scope_id", "scope_not_known", "There is no such scope.")
