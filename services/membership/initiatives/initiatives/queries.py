"""Reading initiatives: open and closed ones for everybody."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, Uuid, and_, any_, bindparam, column, or_, select, table
from sqlalchemy.dialects.postgresql import ARRAY

from services.membership.initiatives.initiatives.domain import LIFECYCLE, PUBLISHED
from services.membership.initiatives.initiatives.record import Initiative
from services.membership.initiatives.initiatives.tables import initiative
from shared.database.context import Lookup
from shared.database.statements import Connection, Row, Statement
from shared.database.tables import SCHEMA
from shared.records.access_scope import constant
from shared.records.listing import Filter
from shared.records.plain import by_itself, listing
from shared.records.rows import records_of

_AT_ONCE = 200
_MOST_NAMED = 10_000
"""Most initiatives that a batch of an import names."""
_LISTING = listing(
    Initiative,
    initiative,
    LIFECYCLE.states,
    by_itself(initiative, PUBLISHED),
    Filter("code", "The code of an initiative", str.upper, lambda code: initiative.c.code == code),
)
LISTING = replace(
    _LISTING, columns={name: column for name, column in _LISTING.columns.items() if name != "text_digests"}
)
_OF_MAKER = Lookup(
    select(initiative.c.id)
    .where(initiative.c.created_by == bindparam("label"))
    .order_by(initiative.c.id.desc())
    .limit(_AT_ONCE)
)
_OF_CODE = Lookup(select(initiative.c.id).where(initiative.c.code == bindparam("code")).limit(1))
_SIGNABLE = (
    *(initiative.c[name] for name in ("id", "country", "visibility", "titles")),
    initiative.c.text_digests,
    initiative.c.status,
    initiative.c.opens,
    initiative.c.closes,
    initiative.c.signers,
)
_TO_SIGN = {
    name: Lookup(select(*_SIGNABLE).where(initiative.c[name] == bindparam("key")).limit(1)) for name in ("id", "ref")
}
_BY_CODE = Lookup(
    select(*_SIGNABLE, initiative.c.code)
    .where(initiative.c.code == any_(bindparam("codes", type_=ARRAY(Text))))
    .limit(_MOST_NAMED)
)
_DUE = Statement(
    select(initiative)
    .where(
        or_(
            and_(initiative.c.status == constant("draft"), initiative.c.opens <= bindparam("at")),
            and_(initiative.c.status == constant("open"), initiative.c.closes <= bindparam("at")),
        )
    )
    .order_by(initiative.c.id)
    .limit(_AT_ONCE)
    .with_for_update(skip_locked=True)
)
_support = table("member_support", column("initiative_id", Uuid), schema=SCHEMA)
_SIGNED = Lookup(select(_support.c.initiative_id).where(_support.c.initiative_id == bindparam("initiative")).limit(1))


async def of_code(connection: Connection, code: str) -> UUID | None:
    """The initiative of a code, regardless of the caller."""
    found: UUID | None = await _OF_CODE.fetchval(connection, code=code)
    return found


async def to_sign(connection: Connection, key: UUID | str) -> Row | None:
    """What a signature needs of an initiative, by id or ref, regardless of the caller; None if there is none."""
    return await _TO_SIGN["id" if isinstance(key, UUID) else "ref"].fetchrow(connection, key=key)


async def by_code(connection: Connection, codes: Collection[str]) -> dict[str, Row]:
    """The same by code."""
    rows = await _BY_CODE.fetch(connection, codes=sorted(codes))
    return {row["code"]: row for row in rows}


async def lock_due(connection: Connection, at: datetime) -> Sequence[Initiative]:
    """Initiatives that open or close by time, locked. Skips rows that another transaction locks."""
    return records_of(Initiative, await _DUE.fetch(connection, at=at))


async def is_signed(connection: Connection, initiative: UUID) -> bool:
    """Whether anybody has signed the initiative, confirmed or not."""
    return await _SIGNED.fetchval(connection, initiative=initiative) is not None


async def made_by(connection: Connection, label: str) -> list[UUID]:
    """The latest 200 initiatives that a principal entered."""
    return [row["id"] for row in await _OF_MAKER.fetch(connection, label=label)]
