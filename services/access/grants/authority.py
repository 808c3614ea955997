"""Authority over all that a client or an account holds, which every change of its credentials needs."""

from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, literal, or_, select, union_all

from services.access.access import MACHINE_ROLE, ROLES_OF_TWO, WantedGrant, why_not_grant_all
from services.access.grants.record import Grant
from services.access.grants.tables import grant, machine
from shared.database.context import Lookup
from shared.database.statements import Connection, Statement
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import Forbidden
from shared.kernel.principal import Principal, PrincipalKind
from shared.records.access_scope import constant

_holder = bindparam("holder", type_=Uuid)
_is_held = (
    grant.c.principal_kind == bindparam("kind", type_=Text),
    grant.c.principal_id == _holder,
    or_(grant.c.status == "proposed", grant.c.status == "active"),
)
_HELD = Statement(
    union_all(
        select(literal(MACHINE_ROLE).label("role"), machine.c.scope_kind, machine.c.scope_id).where(
            machine.c.id == _holder
        ),
        select(grant.c.role, grant.c.scope_kind, grant.c.scope_id).where(*_is_held),
    )
)
"""The role and scope of a client, and the grants that somebody holds, will hold or is proposed to hold."""
_OF_TWO = Lookup(
    select(grant.c.role)
    .where(*_is_held, grant.c.role.in_([constant(role) for role in sorted(ROLES_OF_TWO)]))
    .distinct()
    .limit(len(ROLES_OF_TWO))
)


def wanted_by(record: Grant) -> WantedGrant:
    """What a grant gives to whom."""
    return WantedGrant(record.role, record.scope_kind, record.scope_id, record.principal_kind, record.principal_id)


def require_granting(why: str | None) -> None:
    """Raises Forbidden with this reason; None passes."""
    if why == "own_grant":
        raise Forbidden("You cannot give yourself a role or a credential.", members={"reason": why})
    if why is not None:
        raise Forbidden("You cannot grant beyond your own scope.", members={"reason": why})


async def roles_of_two(connection: Connection, kind: PrincipalKind, holder: UUID) -> frozenset[str]:
    """The roles of two that an account or a client holds, will hold, or is proposed to hold, whatever its state."""
    return frozenset(row["role"] for row in await _OF_TWO.fetch(connection, kind=str(kind), holder=holder))


async def require_authority(uow: UnitOfWork, actor: Principal, kind: PrincipalKind, holder: UUID) -> None:
    """Raises Forbidden if the actor may not grant all that an account or a client holds.

    A secret, a key and the networks of a client, and the address of an account, decide who acts with these grants.
    """
    rows = await _HELD.fetch(uow.connection, kind=str(kind), holder=holder)
    held = (WantedGrant(row["role"], row["scope_kind"], row["scope_id"], str(kind), holder) for row in rows)
    require_granting(why_not_grant_all(actor, held))
