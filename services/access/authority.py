"""Authority over all that a client holds, which every change of its credentials asks for."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, bindparam, literal, or_, select, union_all

from services.access.access import MACHINE_ROLE, ROLES_OF_TWO, WantedGrant, why_not_grant_all
from services.access.clients.tables import client
from services.access.grants.tables import grant
from shared.database.context import Lookup
from shared.database.statements import Connection, Statement
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import Forbidden
from shared.kernel.principal import Principal
from shared.records.sight import constant

_client: BindParameter[UUID] = bindparam("client")
_HELD = Statement(
    union_all(
        select(literal(MACHINE_ROLE).label("role"), client.c.scope_kind, client.c.scope_id).where(
            client.c.id == _client
        ),
        select(grant.c.role, grant.c.scope_kind, grant.c.scope_id).where(
            grant.c.principal_kind == "client",
            grant.c.principal_id == _client,
            or_(grant.c.status == "proposed", grant.c.status == "active"),
        ),
    )
)
"""What a client is entered for, and the grants that it holds, is proposed to hold or will hold."""
_OF_TWO = Lookup(
    select(grant.c.id)
    .where(
        grant.c.principal_kind == "client",
        grant.c.principal_id == _client,
        grant.c.role.in_([constant(role) for role in sorted(ROLES_OF_TWO)]),
        or_(grant.c.status == "proposed", grant.c.status == "active"),
    )
    .limit(1)
)


def wanted_by(row: Mapping[str, Any]) -> WantedGrant:
    """What a grant, or the columns of one to come, gives to whom."""
    return WantedGrant(row["role"], row["scope_kind"], row["scope_id"], row["principal_kind"], row["principal_id"])


def require_granting(why: str | None) -> None:
    """Raises Forbidden with this reason; None is no reason."""
    if why == "own_grant":
        raise Forbidden("Nobody gives a role or a credential to themselves.", members={"reason": why})
    if why is not None:
        raise Forbidden("Nobody grants beyond their own scope.", members={"reason": why})


async def is_of_two(connection: Connection, machine: UUID) -> bool:
    """Whether a client holds a role that a second person confirms, will hold it, or is proposed to."""
    return await _OF_TWO.fetchval(connection, client=machine) is not None


async def require_authority(uow: UnitOfWork, actor: Principal, machine: UUID) -> None:
    """Raises Forbidden where the actor may not bring about all that a client holds.

    A secret, a key and the networks of the client decide who acts with these grants.
    """
    rows = await _HELD.fetch(uow.connection, client=machine)
    held = (WantedGrant(row["role"], row["scope_kind"], row["scope_id"], "client", machine) for row in rows)
    require_granting(why_not_grant_all(actor, held))
