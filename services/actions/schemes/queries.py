"""Reading editions of schemes: everybody reads those that were published."""

from uuid import UUID

from sqlalchemy import bindparam, select

from services.actions.schemes.domain import LIFECYCLE, PUBLISHED
from services.actions.schemes.record import Scheme
from services.actions.schemes.tables import scheme
from shared.database.context import Lookup
from shared.database.statements import Connection, Statement
from shared.records.access_scope import constant
from shared.records.listing import values
from shared.records.plain import by_itself, listing
from shared.records.rows import record_of

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
