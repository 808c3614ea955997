"""Institutions that a body or a row names: follows merges, and leaves out those that the principal may not know of. And
what the register has of one that a person enters."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, and_, any_, bindparam, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.membership.register.institutions.domain import CANDIDATE, MOST_CANDIDATES, PUBLISHED, values_of
from services.membership.register.institutions.queries import visible_to
from services.membership.register.institutions.record import Institution
from services.membership.register.institutions.tables import institution, institution_value
from shared.database.context import Lookup
from shared.database.statements import Connection, Shapes
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessKind, AccessScope, constant
from shared.records.references import INSTITUTIONS, Nameable

_NAMED = Nameable(INSTITUTIONS, institution, PUBLISHED)
_MERGE_TARGETS = "SELECT named, escm.member_institution_merge_target(named) AS meant FROM unnest($1::uuid[]) named"
_v = institution_value.c


def _in_register(access_kind: AccessKind) -> Select[Any]:
    """The institutions of a country that have this ROR id, or one of these names and domains."""
    named = select(_v.institution_id).where(
        _v.institution_id == institution.c.id,
        or_(
            and_(_v.kind == constant("name"), _v.value == any_(bindparam("names", type_=ARRAY(Text)))),
            and_(_v.kind == constant("domain"), _v.value == any_(bindparam("domains", type_=ARRAY(Text)))),
        ),
    )
    query = visible_to(access_kind).with_only_columns(institution.c.id, institution.c.display_name)
    return query.where(
        institution.c.country == bindparam("of_country"),
        or_(institution.c.ror == bindparam("of_ror", type_=Text), named.exists()),
    ).limit(5)


_IN_REGISTER = Shapes(_in_register)
_OPEN_CANDIDATES = Lookup(
    select(institution.c.id)
    .where(institution.c.created_by == bindparam("label"), institution.c.status == constant(CANDIDATE))
    .limit(MOST_CANDIDATES)
)


async def meant(connection: Connection, principal: Principal, named: Collection[UUID]) -> dict[UUID, UUID]:
    """The institution that each of these ids means; leaves out those that the principal may not know of."""
    rows = await connection.fetch(_MERGE_TARGETS, list(named)) if named else []
    known = await _NAMED.known(connection, principal, [row["meant"] for row in rows if row["meant"]]) if rows else ()
    return {row["named"]: row["meant"] for row in rows if row["meant"] in known}


async def in_register(connection: Connection, access: AccessScope, new: Institution) -> list[dict[str, str]]:
    """Institutions of its country that the caller may know of and that have a name, a domain or the ROR id of a new
    one: at most five."""
    given = values_of(new.names, new.types, new.domains)
    rows = await _IN_REGISTER.get(access.access_kind).fetch(
        connection,
        names=[value for kind, value in given if kind == "name"],
        domains=[value for kind, value in given if kind == "domain"],
        of_country=new.country,
        of_ror=new.ror,
        **access.parameters,
    )
    return [{"id": str(row["id"]), "display_name": row["display_name"]} for row in rows]


async def open_candidates(connection: Connection, label: str) -> int:
    """How many institutions that this person entered wait for a decision; at most `MOST_CANDIDATES`."""
    return len(await _OPEN_CANDIDATES.fetch(connection, label=label))
