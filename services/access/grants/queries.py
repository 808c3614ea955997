"""Reading grants."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, column, or_, select, table
from sqlalchemy.sql.elements import ColumnElement

from services.access.access import NO_STATE, ROLE_SCOPES
from services.access.grants.domain import LIFECYCLE
from services.access.grants.tables import grant
from shared.database.statements import Connection, Row, Statement
from shared.records.columns import Renderer
from shared.records.listing import Filter, Listing, countries, one_of, reference, updated, values
from shared.records.sight import Variant, visible

COLUMNS: Mapping[str, ColumnElement[Any]] = {c.key: c for c in grant.c}
render = Renderer(COLUMNS)
_PRINCIPALS = table("access_published_principal", column("kind"), column("id"))
_IS_ACTIVE = Statement(
    select(_PRINCIPALS.c.id).where(_PRINCIPALS.c.kind == bindparam("kind"), _PRINCIPALS.c.id == bindparam("id"))
)
_OVER = Statement(
    select(grant)
    .where(or_(grant.c.status == "proposed", grant.c.status == "active"), grant.c.ends < bindparam("day"))
    .order_by(grant.c.id)
    .limit(200)
    .with_for_update(skip_locked=True)
)


def visible_to(variant: Variant) -> Select[Any]:
    """Grants over what the caller may read grants of: none is published."""
    return select(grant).where(visible(grant, variant, NO_STATE))


LISTING = Listing(
    base=visible_to,
    key=grant.c.id,
    filters={
        chosen.name: chosen
        for chosen in (
            values("status", grant.c.status, "States, separated by commas", one_of(LIFECYCLE.states)),
            values("role", grant.c.role, "Roles, separated by commas", one_of(ROLE_SCOPES)),
            values(
                "principal_kind", grant.c.principal_kind, "account or client", one_of(frozenset(("account", "client")))
            ),
            values(
                "scope_kind",
                grant.c.scope_kind,
                "Kinds of scope, separated by commas",
                one_of(frozenset().union(*ROLE_SCOPES.values())),
            ),
            Filter("scope_id", "What the scope is over", str, lambda bound: grant.c.scope_id == bound),
            reference("principal_id", grant.c.principal_id),
            countries(grant.c.country),
            *updated(grant.c.updated_at),
        )
    },
    sorts={"created_at": grant.c.created_at, "updated_at": grant.c.updated_at},
    columns=COLUMNS,
)


async def is_active(connection: Connection, kind: str, principal: UUID) -> bool:
    """Whether there is such an account or client, and it may be used."""
    return await _IS_ACTIVE.fetchval(connection, kind=kind, id=principal) is not None


async def over(connection: Connection, day: date) -> list[Row]:
    """Up to 200 grants that ended before this day and still count as living, locked."""
    return await _OVER.fetch(connection, day=day)
