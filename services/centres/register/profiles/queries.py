"""Reading the profile of one centre. The callers of these functions check that the caller may know of the centre."""

from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from services.centres.register.profiles.record import Profile
from services.centres.register.profiles.tables import profile
from shared.database.context import AccessContext, within_context
from shared.database.statements import Connection, Row, Statement
from shared.records.columns import as_read
from shared.records.rows import record_of

_of_centre = profile.c.centre_id == bindparam("centre", type_=Uuid)
_READ = Statement(within_context(select(*(as_read(column) for column in profile.c)).where(_of_centre).limit(1)))
_LOCK = Statement(select(profile).where(_of_centre).with_for_update())


async def read(connection: Connection, context: AccessContext, centre: UUID) -> Row | None:
    """The profile of a centre with documents as text; None if nobody has written one."""
    return await _READ.fetchrow(connection, centre=centre, **context.parameters)


async def lock(connection: Connection, centre: UUID) -> Profile | None:
    """The profile of a centre, locked."""
    row = await _LOCK.fetchrow(connection, centre=centre)
    return record_of(Profile, row) if row else None
