"""Reading the reviews of one centre. The callers of these functions check the permission."""

from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from services.centres.reviews.tables import review
from shared.database.context import within_context
from shared.database.statements import Connection, Row, Shapes
from shared.records.access_scope import AccessScope
from shared.records.columns import as_read


def _select(single: bool) -> Any:
    columns = [as_read(column) for column in review.c]
    query = select(*columns).where(review.c.centre_id == bindparam("centre"))
    if single:
        query = query.where(review.c.id == bindparam("key"))
    return within_context(query.order_by(review.c.id).limit(200))


_READS = Shapes(_select)


async def of_centre(connection: Connection, access: AccessScope, centre: UUID) -> list[Row]:
    """All reviews of a centre, oldest first; a centre has few."""
    return await _READS.get(False).fetch(connection, centre=centre, **access.context.parameters)


async def get(connection: Connection, access: AccessScope, centre: UUID, key: UUID) -> Row | None:
    """One review, or None."""
    return await _READS.get(True).fetchrow(connection, centre=centre, key=key, **access.context.parameters)
