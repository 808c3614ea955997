"""Whether another account or client, not the caller, holds a permission."""

from uuid import UUID

from sqlalchemy import bindparam, select

from shared.contracts import views
from shared.database.statements import Connection, Row, Statement
from shared.kernel.principal import Grant, Principal, PrincipalKind, RoleTable, ScopeKey
from shared.kernel.resource import Resource

_COLUMNS = ("role", "scope_kind", "scope_id", "starts", "ends", "resources", "verbs")
_HELD = Statement(
    select(*(views.GRANTS.c[name] for name in _COLUMNS)).where(views.GRANTS.c.principal_id == bindparam("holder"))
)
_CLIENTS = Statement(
    select(views.GRANTS.c.principal_id, *(views.GRANTS.c[name] for name in _COLUMNS))
    .where(views.GRANTS.c.principal_kind == "client")
    .order_by(views.GRANTS.c.principal_id, views.GRANTS.c.id)
)


async def holds(
    connection: Connection,
    holder: UUID,
    roles: RoleTable,
    resource: Resource,
    verb: str,
    country: str | None,
    record: ScopeKey | None = None,
) -> bool:
    """Whether the active grants of an account or client include this permission in this country or over this record."""
    grants = tuple(_grant(row) for row in await _HELD.fetch(connection, holder=holder))
    principal = Principal(PrincipalKind.ACCOUNT, holder, grants=grants)
    return principal.permission_scope(roles, resource.name, verb).covers(country, record)


async def clients(connection: Connection) -> list[Principal]:
    """Every client that holds an active grant, by id."""
    grants: dict[UUID, tuple[Grant, ...]] = {}
    for row in await _CLIENTS.fetch(connection):
        key = row["principal_id"]
        grants[key] = (*grants.get(key, ()), _grant(row))
    return [Principal(PrincipalKind.CLIENT, key, grants=held) for key, held in grants.items()]


def _grant(row: Row) -> Grant:
    named = {name: row[name] for name in _COLUMNS}
    return Grant(**{**named, "resources": _set(row["resources"]), "verbs": _set(row["verbs"])})


def _set(values: list[str] | None) -> frozenset[str] | None:
    return None if values is None else frozenset(values)
