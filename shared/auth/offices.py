"""Whether another account or client, not the caller, holds a permission."""

from uuid import UUID

from sqlalchemy import bindparam, select

from shared.contracts import views
from shared.database.statements import Connection, Statement
from shared.kernel.principal import Grant, Principal, PrincipalKind, RoleTable
from shared.kernel.resource import Resource

_COLUMNS = ("role", "scope_kind", "scope_id", "starts", "ends", "resources", "verbs")
_HELD = Statement(
    select(*(views.GRANTS.c[name] for name in _COLUMNS)).where(views.GRANTS.c.principal_id == bindparam("holder"))
)


async def holds(
    connection: Connection,
    holder: UUID,
    roles: RoleTable,
    resource: Resource,
    verb: str,
    country: str | None,
    record: UUID | None = None,
) -> bool:
    """Whether the active grants of an account or client include this permission in this country or over this record."""
    rows = await _HELD.fetch(connection, holder=holder)
    grants = tuple(Grant(**{**row, "resources": _set(row["resources"]), "verbs": _set(row["verbs"])}) for row in rows)
    principal = Principal(PrincipalKind.ACCOUNT, holder, grants=grants)
    return principal.permission_scope(roles, resource.name, verb).covers(country, record)


def _set(values: list[str] | None) -> frozenset[str] | None:
    return None if values is None else frozenset(values)
