"""Reading committees: what a caller may see, and how a committee stands before its guards."""

from uuid import UUID

from sqlalchemy import Integer, Uuid, bindparam, column, func, select

from services.centres.committees.domain import LIFECYCLE, PUBLISHED
from services.centres.committees.record import Committee
from services.centres.committees.tables import committee
from shared.database.statements import Connection, Row, Statement
from shared.records.plain import by_itself, listing

_counts = func.escm.centre_committee_standing(bindparam("committee", type_=Uuid)).table_valued(
    *(column(name, Integer) for name in ("presidents", "secretaries", "seats"))
)
_STANDING = Statement(select(_counts.c.presidents, _counts.c.secretaries, _counts.c.seats))

_ONE = Statement(select(committee).where(committee.c.id == bindparam("committee")))

LISTING = listing(Committee, committee, LIFECYCLE.states, by_itself(committee, PUBLISHED))


async def committee_of(connection: Connection, key: UUID) -> Row | None:
    """The committee within the connection's context."""
    return await _ONE.fetchrow(connection, committee=key)


async def standing(connection: Connection, key: UUID) -> Row:
    """How many presidents, secretaries and seats of any office a committee has today, whoever asks."""
    rows = await _STANDING.fetch(connection, committee=key)
    return rows[0]
