"""Reading grants."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, Uuid, all_, and_, any_, bindparam, cast, func, literal, not_, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from services.access.access import NO_STATE, ROLE_SCOPES, ROLES, ROLES_OF_TWO, confirmable
from services.access.authority.grants.domain import LIFECYCLE
from services.access.authority.grants.record import Grant
from services.access.authority.grants.tables import grant, machine, person
from shared.audit.tables import audit
from shared.contracts import views
from shared.database.context import Lookup
from shared.database.statements import Connection, Statement
from shared.kernel.principal import Principal, PrincipalKind
from shared.records.access_scope import AccessKind, constant, visible
from shared.records.columns import read_columns, renderer
from shared.records.listing import Filter, countries, one_of, reference, values
from shared.records.next_steps import caller_parameters, is_another_than
from shared.records.plain import listing_by_state
from shared.records.rows import records_of

COLUMNS = read_columns(Grant, grant)
render = renderer(COLUMNS)
_MOST_OWN = 10_000
_source = grant.alias("source")
_NAME = Statement(
    select(views.PRINCIPALS.c.name).where(
        views.PRINCIPALS.c.kind == bindparam("kind"), views.PRINCIPALS.c.id == bindparam("id")
    )
)
_IS_ACTIVE = Statement(
    select(views.PRINCIPALS.c.id).where(
        views.PRINCIPALS.c.kind == bindparam("kind"), views.PRINCIPALS.c.id == bindparam("id")
    )
)
_OF_CLIENT = Statement(select(machine.c.country).where(machine.c.id == bindparam("id")))
_OF_INVITED = Statement(
    select(person.c.country).where(person.c.id == bindparam("id"), person.c.status == constant("invited"))
)
_OVER = Statement(
    select(grant)
    .where(or_(grant.c.status == "proposed", grant.c.status == "active"), grant.c.ends < bindparam("day"))
    .order_by(grant.c.id)
    .limit(200)
    .with_for_update(skip_locked=True)
)

_ME = any_(bindparam("pending_for", type_=ARRAY(Uuid)))
_place = func.coalesce(grant.c.country, grant.c.place)
_proposer = cast(func.nullif(func.split_part(grant.c.created_by, ":", 2), ""), Uuid)
_CREDENTIALS_SET = views.CREDENTIAL_CHANGES
_credentials_set_recently = (
    select(_CREDENTIALS_SET.c.by_id)
    .where(
        or_(
            and_(_CREDENTIALS_SET.c.principal_id == _ME, _CREDENTIALS_SET.c.by_id == _proposer),
            and_(_CREDENTIALS_SET.c.principal_id == _proposer, _CREDENTIALS_SET.c.by_id == _ME),
        )
    )
    .correlate(grant)
    .exists()
)


def waits_for_caller() -> ColumnElement[bool]:
    """The condition that a grant waits for a confirmation that the caller may give. Parameters:
    `confirmation_parameters`."""
    gives = any_(bindparam("confirmable", type_=ARRAY(Text)))
    needs_two = grant.c.role.in_([constant(role) for role in sorted(ROLES_OF_TWO)])
    return and_(
        grant.c.status == "proposed",
        or_(grant.c.role == gives, grant.c.role + literal(" ") + _place == gives),
        grant.c.principal_id != all_(bindparam("pending_for", type_=ARRAY(Uuid))),
        or_(grant.c.second_person.is_(None), grant.c.second_person == _ME),
        or_(not_(needs_two), and_(is_another_than(grant.c.created_by), not_(_credentials_set_recently))),
    )


def confirmation_parameters(principal: Principal) -> dict[str, Any]:
    """The parameters of `waits_for_caller`."""
    return {"confirmable": sorted(confirmable(principal)), **caller_parameters(principal)}


_OVER_EDITIONS = Lookup(
    select(grant.c.id)
    .where(
        grant.c.scope_kind == constant("edition"),
        grant.c.scope_id == any_(bindparam("editions", type_=ARRAY(Text))),
        grant.c.role == constant("editor"),
    )
    .limit(_MOST_OWN)
)
_WAITING = Lookup(
    select(grant.c.id)
    .where(
        grant.c.status == "proposed",
        or_(waits_for_caller(), grant.c.caused_by == any_(bindparam("labels", type_=ARRAY(Text)))),
    )
    .order_by(grant.c.id)
    .limit(_MOST_OWN)
)
_own = (
    select(grant.c.id)
    .where(grant.c.principal_kind == "account", grant.c.principal_id == bindparam("account"))
    .union(
        select(grant.c.id).where(
            grant.c.delegated_from.in_(
                select(_source.c.id).where(
                    _source.c.principal_kind == "account", _source.c.principal_id == bindparam("account")
                )
            )
        )
    )
    .subquery()
)
_OWN = Lookup(select(_own.c.id).limit(_MOST_OWN))
_DELEGATED = Statement(
    select(grant)
    .where(grant.c.delegated_from == bindparam("source"), or_(grant.c.status == "proposed", grant.c.status == "active"))
    .order_by(grant.c.id)
    .with_for_update()
)
_LIVING_OF = Statement(
    select(grant)
    .where(
        grant.c.principal_kind == "account",
        grant.c.principal_id == bindparam("account"),
        or_(grant.c.status == "proposed", grant.c.status == "active"),
    )
    .order_by(grant.c.id)
    .with_for_update()
)
_CREDENTIALS = Statement(
    select(audit.c.id)
    .where(
        audit.c.subject == bindparam("holder"),
        audit.c.actor_kind == bindparam("actor_kind"),
        audit.c.actor_id == bindparam("actor"),
        audit.c.action.in_([constant(action) for action in ("create", "update", "add_secret")]),
    )
    .limit(1)
)
_HOLDER = Statement(
    select(grant.c.principal_id).where(grant.c.id == bindparam("source"), grant.c.principal_kind == "account")
)


def visible_to(access_kind: AccessKind) -> Select[Any]:
    """Grants over scopes whose grants the caller may read; none is published."""
    return select(grant).where(visible(grant, access_kind, NO_STATE))


LISTING = listing_by_state(
    grant,
    LIFECYCLE.states,
    visible_to,
    COLUMNS,
    values("role", grant.c.role, "Roles, separated by commas", one_of(ROLE_SCOPES)),
    values("principal_kind", grant.c.principal_kind, "account or client", one_of(frozenset(("account", "client")))),
    values(
        "scope_kind",
        grant.c.scope_kind,
        "Kinds of scope, separated by commas",
        one_of(frozenset().union(*ROLE_SCOPES.values())),
    ),
    Filter("scope_id", "What the scope is over", str, lambda bound: grant.c.scope_id == bound),
    reference("principal_id", grant.c.principal_id),
    reference("delegated_from", grant.c.delegated_from),
    Filter(
        "holder",
        "`me`: grants that wait for the caller's confirmation; needs a token",
        one_of(("me",)),
        lambda _me: waits_for_caller(),
        token_needed=True,
        of_caller=lambda access: confirmation_parameters(access.principal),
    ),
    countries(grant.c.country),
)


async def is_active(connection: Connection, kind: str, principal: UUID) -> bool:
    """Whether there is such an account or client, and it is active."""
    return await _IS_ACTIVE.fetchval(connection, kind=kind, id=principal) is not None


async def name_of(connection: Connection, kind: str, principal: UUID) -> str | None:
    """The name of an active account or client."""
    found: str | None = await _NAME.fetchval(connection, kind=kind, id=principal)
    return found


async def is_nameable(connection: Connection, actor: Principal, kind: str, principal: UUID) -> bool:
    """Whether the actor may name it as the holder of a grant: any active account; invited accounts and active clients
    of countries in which the actor may grant roles."""
    scope = actor.permission_scope(ROLES, "access.grants", "create")
    active = await is_active(connection, kind, principal)
    if kind == PrincipalKind.CLIENT:
        return active and scope.covers(await _OF_CLIENT.fetchval(connection, id=principal))
    country = None if active else await _OF_INVITED.fetchval(connection, id=principal)
    return active or (country is not None and scope.covers(country))


async def over(connection: Connection, day: date) -> list[Grant]:
    """Up to 200 grants whose last day is before this day and that have not ended, locked."""
    return records_of(Grant, await _OVER.fetch(connection, day=day))


async def own(connection: Connection, account: UUID) -> list[UUID]:
    """The grants of an account in any state, and those delegated from them."""
    return [row["id"] for row in await _OWN.fetch(connection, account=account)]


async def waiting(connection: Connection, principal: Principal) -> list[UUID]:
    """The proposed grants that a principal may confirm or caused."""
    rows = await _WAITING.fetch(connection, **confirmation_parameters(principal))
    return [row["id"] for row in rows]


async def over_editions(connection: Connection, editions: Collection[str]) -> list[UUID]:
    """The grants of editors over these editions, in any state."""
    return [row["id"] for row in await _OVER_EDITIONS.fetch(connection, editions=sorted(editions))]


async def delegated(connection: Connection, source: UUID) -> list[Grant]:
    """The grants delegated from this one that have not ended, locked."""
    return records_of(Grant, await _DELEGATED.fetch(connection, source=source))


async def living(connection: Connection, account: UUID) -> list[Grant]:
    """The grants of an account that have not ended, locked."""
    return records_of(Grant, await _LIVING_OF.fetch(connection, account=account))


async def has_set_credentials(connection: Connection, actor: Principal, holder: UUID) -> bool:
    """Whether the actor created or changed the account or client, so that they chose its address, secret or key."""
    found = await _CREDENTIALS.fetchval(connection, holder=holder, actor_kind=str(actor.kind), actor=actor.id)
    return found is not None


async def holder(connection: Connection, source: UUID) -> UUID | None:
    """The account that holds a grant."""
    found: UUID | None = await _HOLDER.fetchval(connection, source=source)
    return found
