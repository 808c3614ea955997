"""Authority over all that a client or an account holds, which every change of its credentials needs; and over the
accounts and clients of a country's officials."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, literal, or_, select, union_all

from services.access.access import (
    MACHINE_ROLE,
    ROLES,
    ROLES_OF_TWO,
    GrantFault,
    SuccessorFault,
    WantedGrant,
    why_not_grant,
    why_not_grant_all,
)
from services.access.authority.grants.record import Grant
from services.access.authority.grants.tables import grant, machine
from shared.auth.offices import holds
from shared.database.context import Lookup
from shared.database.locks import lock_names
from shared.database.statements import Connection
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import Forbidden
from shared.kernel.principal import Principal, PrincipalKind
from shared.records.access_scope import AccessScope, constant

_holder = bindparam("holder", type_=Uuid)
_is_held = (
    grant.c.principal_kind == bindparam("kind", type_=Text),
    grant.c.principal_id == _holder,
    or_(grant.c.status == "proposed", grant.c.status == "active"),
)
_held = union_all(
    select(literal(MACHINE_ROLE).label("role"), machine.c.scope_kind, machine.c.scope_id).where(
        machine.c.id == _holder
    ),
    select(grant.c.role, grant.c.scope_kind, grant.c.scope_id).where(*_is_held),
).subquery()
_MOST_HELD = 10_000
_HELD = Lookup(select(_held).limit(_MOST_HELD))
"""The role and scope of a client, and the grants that somebody holds, will hold or is proposed to hold."""
_OF_TWO = Lookup(
    select(grant.c.role)
    .where(*_is_held, grant.c.role.in_([constant(role) for role in sorted(ROLES_OF_TWO)]))
    .distinct()
    .limit(len(ROLES_OF_TWO))
)
_OF_OFFICIALS = "national_author"
"""The role that whoever makes accounts and clients for a country may grant there."""
_SENTENCES: Mapping[SuccessorFault, str] = {
    "own_grant": "You cannot give yourself a role or a credential.",
    "role_not_yours_to_hand_on": "None of your own roles may grant this one.",
    "beyond_own_scope": "You cannot grant beyond your own scope.",
    "credentials_set_by_you": "You have set the credentials of this account or client: name another successor.",
}


def wanted_by(record: Grant) -> WantedGrant:
    """What a grant gives to whom. A role over an institution is given as if by an invitation in its country."""
    place = record.country if record.scope_kind == "institution" else None
    scope = (record.scope_kind, record.scope_id)
    return WantedGrant(record.role, *scope, record.principal_kind, record.principal_id, invited_in=place)


def require_granting(why: SuccessorFault | None) -> None:
    """Raises Forbidden with this reason; None passes."""
    if why is not None:
        raise Forbidden(_SENTENCES[why], members={"reason": why})


async def roles_of_two(connection: Connection, kind: PrincipalKind, holder: UUID) -> frozenset[str]:
    """The roles of two that an account or a client holds, will hold, or is proposed to hold, whatever its state."""
    return frozenset(row["role"] for row in await _OF_TWO.fetch(connection, kind=str(kind), holder=holder))


async def require_authority(uow: UnitOfWork, actor: Principal, kind: PrincipalKind, holder: UUID) -> None:
    """Raises Forbidden if the actor may not grant all that an account or a client holds.

    A secret, a key and the networks of a client, and the address of an account, decide who acts with these grants.
    """
    require_granting(await why_no_authority(uow.connection, actor, kind, holder))


async def why_no_authority(
    connection: Connection, actor: Principal, kind: PrincipalKind, holder: UUID
) -> GrantFault | None:
    """Why the actor may not grant all that an account or a client holds, or None."""
    rows = await _HELD.fetch(connection, kind=str(kind), holder=holder)
    if len(rows) == _MOST_HELD:
        return "beyond_own_scope"
    held = (WantedGrant(row["role"], row["scope_kind"], row["scope_id"], str(kind), holder) for row in rows)
    return why_not_grant_all(actor, held)


async def require_official(uow: UnitOfWork, access: AccessScope, verb: str, country: str | None, record: UUID) -> None:
    """Raises Forbidden unless the caller may make this account or client usable for the country: whoever may grant
    national roles there, by a grant that is active now, not only in a cache.

    Locks the officials of the country, so that none is made while the end of its last focal point suspends them.
    """
    actor, resource = access.principal, access.resource
    wanted = WantedGrant(_OF_OFFICIALS, "country", country, resource.entity, record)
    require_granting(why_not_grant(actor, wanted, "create"))
    if actor.id is None or country is None:
        raise Forbidden
    await lock_officials(uow.connection, country)
    if not await holds(uow.connection, actor.id, ROLES, resource, verb, country):
        raise Forbidden("Your grants do not include this.", members={"reason": "not_permitted"})


async def lock_officials(connection: Connection, country: str) -> None:
    """Locks the accounts and clients of a country's officials until the transaction ends."""
    await lock_names(connection, f"officials of {country}")
