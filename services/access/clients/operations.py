"""Writing API clients: one function per verb. Each writes its rows, one audit entry and one fact."""

from collections.abc import Mapping
from typing import Any

import orjson

from services.access.access import MACHINE_ROLE, why_not_grant
from services.access.accounts.credentials import note_change
from services.access.authority import require_authority, require_granting, wanted_by
from services.access.clients import domain
from services.access.clients.tables import client
from services.access.grants import operations as grants
from shared.database.ids import uuid7
from shared.database.statements import Row
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import today
from shared.kernel.countries import COUNTRIES, in_region
from shared.kernel.errors import invalid_field
from shared.kernel.principal import Principal
from shared.kernel.resource import Resource
from shared.kernel.text import search_key
from shared.records.kind import Kind, Step, permitted, require
from shared.records.sight import Sight
from shared.records.store import update_record

CLIENTS: Kind[None] = Kind(
    Resource("access", "clients", "client"),
    client,
    domain.LIFECYCLE,
    ("status", "client_id", "scope_kind", "scope_id", "resources", "verbs", "sandbox", *domain.WRITABLE),
)


async def create(uow: UnitOfWork, sight: Sight, values: Mapping[str, Any]) -> tuple[Row, str | None]:
    """A new client with the role api_client over its scope, and its secret where it has no keys of its own.

    Further roles are handed to it as grants. Raises Invalid for a scope that does not exist, Forbidden beyond the
    caller's own scope.
    """
    require(sight, "create", values["scope_id"] if values["scope_kind"] == "country" else None)
    _check_scope(values["scope_kind"], values["scope_id"])
    client = uuid7()
    machine = machine_grant({**values, "id": client})
    require_granting(why_not_grant(sight.principal, wanted_by(machine), "create"))
    secret = None if values["jwks"] else domain.new_secret()
    secrets = domain.with_secret([], secret) if secret else []
    row = await enter(uow, {"id": client, "client_id": domain.new_client_id(), "secrets": secrets, **values})
    await grants.enter(uow, machine, confirmed=True)
    await note_change(uow, "client", client, "secret")
    return row, secret


async def enter(uow: UnitOfWork, values: Mapping[str, Any]) -> Row:
    """A new client without any question and without a role: for what the system itself sets up."""
    return await CLIENTS.enter(
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


async def update(uow: UnitOfWork, sight: Sight, seen: Row, values: Mapping[str, Any]) -> Row:
    """The client with new values; where nothing differs, nothing is written and the version stays.

    Raises Forbidden for other keys or networks where the caller has no authority over all that the client holds.
    """
    before = await CLIENTS.lock(uow, seen["id"], seen["version"])
    if any(values[name] != before[name] for name in domain.CREDENTIALS):
        await require_authority(uow, sight.principal, before["id"])
        await note_change(uow, "client", before["id"], "secret")
    derived = {"search_key": search_key(values["name"], before["client_id"])}
    return await CLIENTS.edit(uow, before, {**values, **derived})


async def add_secret(uow: UnitOfWork, sight: Sight, seen: Row) -> str:
    """A further secret. The one before it goes on to work until the next is added; an older one ends now.

    Raises Forbidden where the caller has no authority over all that the client holds.
    """
    before = await CLIENTS.lock(uow, seen["id"])
    await require_authority(uow, sight.principal, before["id"])
    secret = domain.new_secret()
    after = await update_record(uow, client, before, {"secrets": domain.with_secret(before["secrets"], secret)})
    CLIENTS.tell(uow, "add_secret", before, after, "updated")
    await note_change(uow, "client", before["id"], "secret")
    return secret


async def transition(uow: UnitOfWork, sight: Sight, seen: Row, step: Step) -> Row:
    """One step of a client's life. Raises what `Lifecycle.advance` raises."""
    before = await CLIENTS.lock(uow, seen["id"], seen["version"])
    return await CLIENTS.step(uow, before, step, None, permitted(sight, before))


async def case_of(
    _connect: Connect, _principal: Principal, _row: Mapping[str, Any], _fields: Mapping[str, Any]
) -> None:
    """No guard looks at anything."""


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
