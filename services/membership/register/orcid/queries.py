"""Reading who holds an ORCID iD, and institutions by their ROR ids."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Text, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.membership.register.experts.domain import LIVING
from services.membership.register.experts.tables import expert
from services.membership.register.institutions.naming import meant
from services.membership.register.institutions.tables import institution
from shared.contracts import views
from shared.database.context import Lookup
from shared.database.statements import Connection, Row, Statement
from shared.kernel.principal import Principal
from shared.records.access_scope import constant

_IS_HERE = (expert.c.merged_into.is_(None), expert.c.erased_at.is_(None))
_HOLDER = Lookup(
    select(expert.c.id)
    .where(
        expert.c.orcid == bindparam("orcid"),
        expert.c.id != bindparam("besides"),
        expert.c.status.in_([constant(status) for status in LIVING]),
        *_IS_HERE,
    )
    .order_by(expert.c.id)
    .limit(1)
)
_LINKED = Lookup(
    select(expert.c.orcid).where(expert.c.id == bindparam("expert"), expert.c.orcid_authenticated, *_IS_HERE).limit(1)
)
_IDENTITY = Statement(
    select(views.IDENTITIES.c.issuer, views.IDENTITIES.c.subject, views.IDENTITIES.c.account_id).where(
        views.IDENTITIES.c.id == bindparam("identity")
    )
)
_BY_ROR = Statement(
    select(institution.c.id, institution.c.ror)
    .where(institution.c.ror == any_(bindparam("rors", type_=ARRAY(Text))))
    .order_by(institution.c.id)
)


async def other_holder(connection: Connection, orcid: str, expert: UUID) -> UUID | None:
    """Another living expert with this iD, authenticated or not, whoever may read it."""
    found: UUID | None = await _HOLDER.fetchval(connection, orcid=orcid, besides=expert)
    return found


async def linked_orcid(connection: Connection, expert: UUID) -> str | None:
    """The authenticated iD of an expert."""
    found: str | None = await _LINKED.fetchval(connection, expert=expert)
    return found


async def identity(connection: Connection, identity: UUID) -> Row | None:
    """Issuer, subject and account of a person who signs in at an identity provider; None if they do not any more."""
    return await _IDENTITY.fetchrow(connection, identity=identity)


async def institutions_with(
    connection: Connection, principal: Principal, rors: Collection[str]
) -> dict[str | None, UUID]:
    """The institutions with these ROR ids that the principal may know of, by ROR id."""
    rows = await _BY_ROR.fetch(connection, rors=sorted(rors)) if rors else []
    known = await meant(connection, principal, [row["id"] for row in rows])
    return {row["ror"]: known[row["id"]] for row in rows if row["id"] in known}
