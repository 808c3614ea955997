"""Reading editions of schemes: everybody reads those that were published."""

from uuid import UUID

from sqlalchemy import Uuid, bindparam, column, select, table
from sqlalchemy.dialects.postgresql import JSONB

from services.actions.classification.schemes.domain import LIFECYCLE, PUBLISHED
from services.actions.classification.schemes.record import Scheme
from services.actions.classification.schemes.tables import scheme
from shared.database.context import Lookup
from shared.database.statements import Connection, Statement
from shared.database.tables import SCHEMA
from shared.records.access_scope import constant
from shared.records.listing import values
from shared.records.plain import by_itself, listing
from shared.records.record import Document
from shared.records.rows import record_of

_MOST_SOURCES = 50
LISTING = listing(
    Scheme,
    scheme,
    LIFECYCLE.states,
    by_itself(scheme, PUBLISHED),
    values("code", scheme.c.code, "Codes of schemes, separated by commas"),
    values("edition", scheme.c.edition, "Editions, separated by commas"),
)
_OF_CODE = scheme.c.code == bindparam("code")
_IS_CURRENT = scheme.c.status == constant("current")
_EDITION = Lookup(select(scheme.c.id).where(_OF_CODE, scheme.c.edition == bindparam("edition")).limit(1))
_CURRENT = Lookup(select(scheme.c.id).where(_OF_CODE, _IS_CURRENT).limit(1))
_state = table("action_scheme_state", column("scheme_id", Uuid), column("source", JSONB), schema=SCHEMA)
_SOURCES = Lookup(select(_state.c.source).where(_state.c.scheme_id == bindparam("key")).limit(_MOST_SOURCES))
_LOCK_CURRENT = Statement(select(scheme).where(_OF_CODE, _IS_CURRENT).with_for_update())


async def edition_of(connection: Connection, code: str, edition: str | None) -> UUID | None:
    """The id of an edition of a scheme, the current one by default, regardless of the caller."""
    if edition is None:
        found: UUID | None = await _CURRENT.fetchval(connection, code=code)
    else:
        found = await _EDITION.fetchval(connection, code=code, edition=edition)
    return found


async def lock_current(connection: Connection, code: str) -> Scheme | None:
    """The current edition of a scheme, locked."""
    row = await _LOCK_CURRENT.fetchrow(connection, code=code)
    return record_of(Scheme, row) if row else None


async def sources_of(connection: Connection, key: UUID) -> list[Document]:
    """The sources of the assessments of an edition."""
    return [row["source"] for row in await _SOURCES.fetch(connection, key=key)]
