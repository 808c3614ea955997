"""Reading the calls of retiring operations, and finding the notices that are due."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import BigInteger, Date, bindparam, cast, func, select

from services.access.principals.deprecations.tables import deprecated_call
from shared.database.context import AccessContext, within_context
from shared.database.statements import Connection, Row, Statement

KEPT = 30
"""Days for which calls are counted."""
_NOTICES = (0, 90, 30, 7)
"""Days before the end of an operation on which a client that calls it is told; 0: at its first call."""
_c = deprecated_call.c
_OPERATION = (_c.service, _c.operation, _c.method, _c.path, _c.deprecated_on, _c.sunset)
_OF_CLIENT = Statement(
    within_context(
        select(*_OPERATION, cast(func.sum(_c.calls), BigInteger).label("calls"), func.max(_c.last_at).label("last_at"))
        .where(_c.client_id == bindparam("client"), _c.day > bindparam("after", type_=Date))
        .group_by(*_OPERATION)
        .order_by(_c.sunset, _c.operation)
    )
)
_OLD = "DELETE FROM access_deprecated_call WHERE day <= $1::date - $2::integer"
_SUMMED = """
WITH earlier AS (DELETE FROM access_deprecated_call WHERE day < $1::date RETURNING *)
INSERT INTO access_deprecated_call
SELECT uuidv7(), client_id, service, operation, method, path, deprecated_on, sunset, day, sum(calls), max(last_at)
FROM earlier GROUP BY client_id, service, operation, method, path, deprecated_on, sunset, day
"""
_DUE = """
WITH given AS (
    INSERT INTO access_deprecation_notice (client_id, operation, days, given_at)
    SELECT DISTINCT c.client_id, c.operation, n.days, $2::timestamptz
    FROM access_deprecated_call c JOIN access_client k ON k.id = c.client_id AND k.status = 'active'
    CROSS JOIN unnest($3::integer[]) AS n (days)
    WHERE n.days = 0 OR c.sunset <= $1::date + n.days
    ON CONFLICT DO NOTHING RETURNING client_id
)
SELECT DISTINCT client_id FROM given ORDER BY client_id
"""


async def of_client(connection: Connection, context: AccessContext, client: UUID, day: date) -> list[Row]:
    """The retiring operations that a client called in the last 30 days, those that end first before others."""
    after = day - timedelta(days=KEPT)
    return await _OF_CLIENT.fetch(connection, client=client, after=after, **context.parameters)


async def tidy(connection: Connection, day: date) -> None:
    """Deletes calls of more than 30 days ago, and sums those of each earlier day."""
    await connection.execute(_OLD, day, KEPT)
    await connection.execute(_SUMMED, day)


async def take_due(connection: Connection, day: date, at: datetime) -> Sequence[UUID]:
    """The active clients for which a notice is due, which is taken as given."""
    return [row["client_id"] for row in await connection.fetch(_DUE, day, at, list(_NOTICES))]
