"""Reading congresses: everybody reads those that are public."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Text, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.membership.events.congresses import domain
from services.membership.events.congresses.record import Congress
from services.membership.events.congresses.tables import congress
from shared.database.context import Lookup
from shared.database.statements import Connection
from shared.records.listing import one_of, values
from shared.records.plain import by_itself, listing
from shared.records.rows import record_of, records_of

LISTING = listing(
    Congress,
    congress,
    domain.LIFECYCLE.states,
    by_itself(congress, domain.PUBLISHED),
    values("code", congress.c.code, "Codes, separated by commas"),
    values("series", congress.c.series, "Series, separated by commas"),
    values("mode", congress.c.mode, "Modes, separated by commas", one_of(domain.MODES)),
)
_MOST = 5_000
_GET = Lookup(select(congress).where(congress.c.id == bindparam("key")).limit(1))
_BY_CODE = Lookup(select(congress).where(congress.c.code == any_(bindparam("codes", type_=ARRAY(Text)))).limit(_MOST))


async def get(connection: Connection, key: UUID) -> Congress | None:
    """The congress, regardless of the caller."""
    row = await _GET.fetchrow(connection, key=key)
    return record_of(Congress, row) if row else None


async def by_code(connection: Connection, codes: Collection[str]) -> dict[str, Congress]:
    """The congresses with these codes, at most 5,000, by code, regardless of the caller."""
    found = records_of(Congress, await _BY_CODE.fetch(connection, codes=sorted(codes)))
    return {record.code: record for record in found}
