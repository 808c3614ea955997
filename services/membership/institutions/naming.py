"""Institutions that a body or a row names: follows merges, and leaves out those that the principal may not know of."""

from collections.abc import Collection
from uuid import UUID

from services.membership.institutions.domain import PUBLISHED
from services.membership.institutions.tables import institution
from shared.database.statements import Connection
from shared.kernel.principal import Principal
from shared.records.references import INSTITUTIONS, Nameable

_NAMED = Nameable(INSTITUTIONS, institution, PUBLISHED)
_MERGE_TARGETS = "SELECT named, escm.member_institution_merge_target(named) AS meant FROM unnest($1::uuid[]) named"


async def meant(connection: Connection, principal: Principal, named: Collection[UUID]) -> dict[UUID, UUID]:
    """The institution that each of these ids means; leaves out those that the principal may not know of."""
    rows = await connection.fetch(_MERGE_TARGETS, list(named)) if named else []
    known = await _NAMED.known(connection, principal, [row["meant"] for row in rows if row["meant"]]) if rows else ()
    return {row["named"]: row["meant"] for row in rows if row["meant"] in known}
