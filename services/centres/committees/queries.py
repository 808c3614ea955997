"""Reading committees: what a caller may see, and how a committee stands before its guards."""

from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Select, Uuid, bindparam, column, func, select

from services.centres.committees.domain import LIFECYCLE, PUBLISHED
from services.centres.committees.tables import committee
from services.centres.records import listing
from shared.database.statements import Connection, Row, Statement
from shared.records.sight import Variant, visible

_counts = func.escm.centre_committee_standing(bindparam("committee", type_=Uuid)).table_valued(
    *(column(name, Integer) for name in ("presidents", "secretaries", "seats"))
)
_STANDING = Statement(select(_counts.c.presidents, _counts.c.secretaries, _counts.c.seats))

_ONE = Statement(select(committee).where(committee.c.id == bindparam("committee")))


def visible_to(variant: Variant) -> Select[Any]:
    """The first wall: committees that a caller of this variant may know of."""
    return select(committee).where(visible(committee, variant, PUBLISHED))


LISTING = listing(committee, LIFECYCLE.states, visible_to)


async def committee_of(connection: Connection, key: UUID) -> Row | None:
    """The committee within the connection's context."""
    return await _ONE.fetchrow(connection, committee=key)


async def standing(connection: Connection, key: UUID) -> Row:
    """How many presidents, secretaries and seats of any office a committee has today, whoever asks."""
    rows = await _STANDING.fetch(connection, committee=key)
    return rows[0]
