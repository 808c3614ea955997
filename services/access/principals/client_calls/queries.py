"""Reading and summing the calls of clients, and finding the notices about retiring operations that are due."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Date, Select, Text, bindparam, cast, func, select, tuple_, union_all
from sqlalchemy.sql.elements import ColumnElement

from services.access.principals.client_calls.tables import client_call, client_usage
from shared.database.context import AccessContext, within_context
from shared.database.statements import Connection, Row, Shapes, Statement

KEPT = 90
"""Days for which calls are counted."""
RECENT = 30
"""Days that the report about retiring operations is about."""
_NOTICES = (0, 90, 30, 7)
"""Days before the end of an operation on which a client that calls it is told; 0: at its first call."""
_SHARED = tuple(column.name for column in client_usage.c)
_ALL = union_all(*(select(*(one.c[name] for name in _SHARED)) for one in (client_usage, client_call))).subquery("calls")
_c = _ALL.c
_SUMS = (
    cast(func.sum(_c.calls), BigInteger).label("calls"),
    cast(func.sum(_c.failures), BigInteger).label("failures"),
    func.max(_c.last_at).label("last"),
)
_OPERATION = (_c.service, _c.operation, _c.method, _c.path)
_of_client = _c.client_id == bindparam("client")
_RETIRING = Statement(
    within_context(
        select(*_OPERATION, _c.deprecated_on, _c.sunset, *_SUMS)
        .where(_of_client, _c.sunset.is_not(None), _c.day > bindparam("after", type_=Date))
        .group_by(*_OPERATION, _c.deprecated_on, _c.sunset)
        .order_by(_c.sunset, _c.operation)
    )
)
PLACE: list[ColumnElement[Any]] = [_c.day, _c.service, _c.operation]
"""What a page of the usage is sorted by, descending."""


def _usage(after: bool) -> Select[Any]:
    query = select(_c.day, *_OPERATION, *_SUMS).where(
        _of_client, _c.day.between(bindparam("first", type_=Date), bindparam("last", type_=Date))
    )
    if after:
        given = (bindparam("day", type_=Date), bindparam("service", type_=Text), bindparam("operation", type_=Text))
        query = query.where(tuple_(*PLACE) < tuple_(*given))
    ordered = query.group_by(_c.day, *_OPERATION).order_by(*(column.desc() for column in PLACE))
    return within_context(ordered.limit(bindparam("limit")))


_USAGE = Shapes(_usage)
_OLD = "DELETE FROM access_client_usage WHERE day <= $1::date - $2::integer"
_SUM_UP = """
WITH counted AS (DELETE FROM access_client_call RETURNING *)
INSERT INTO access_client_usage AS u
SELECT client_id, service, operation, min(method), min(path), max(deprecated_on), max(sunset), day, sum(calls),
    sum(failures), max(last_at)
FROM counted GROUP BY client_id, day, service, operation
ORDER BY client_id, day, service, operation
ON CONFLICT (client_id, day, service, operation) DO UPDATE SET calls = u.calls + excluded.calls,
    failures = u.failures + excluded.failures, last_at = greatest(u.last_at, excluded.last_at),
    method = excluded.method, path = excluded.path, deprecated_on = excluded.deprecated_on, sunset = excluded.sunset
"""
_DUE = """
WITH given AS (
    INSERT INTO access_deprecation_notice (client_id, operation, days, given_at)
    SELECT DISTINCT c.client_id, c.operation, n.days, $2::timestamptz
    FROM access_client_usage c JOIN access_client k ON k.id = c.client_id AND k.status = 'active'
    CROSS JOIN unnest($3::integer[]) AS n (days)
    WHERE c.sunset IS NOT NULL AND c.day > $1::date - $4::integer AND (n.days = 0 OR c.sunset <= $1::date + n.days)
    ON CONFLICT DO NOTHING RETURNING client_id
)
SELECT DISTINCT client_id FROM given ORDER BY client_id
"""


async def retiring(connection: Connection, context: AccessContext, client: UUID, day: date) -> list[Row]:
    """The retiring operations that a client called in the last 30 days, those that end first before others."""
    after = day - timedelta(days=RECENT)
    return await _RETIRING.fetch(connection, client=client, after=after, **context.parameters)


async def usage(
    connection: Connection,
    context: AccessContext,
    client: UUID,
    days: tuple[date, date],
    after: Sequence[object] | None,
    limit: int,
) -> list[Row]:
    """The calls of a client by day and operation, the newest day first. `days` are the first and the last one."""
    place = dict(zip(("day", "service", "operation"), after or (None, None, None), strict=True))
    return await _USAGE.get(after is not None).fetch(
        connection, client=client, first=days[0], last=days[1], limit=limit, **place, **context.parameters
    )


async def sum_up(connection: Connection, day: date) -> None:
    """Adds what processes counted to the sums, and deletes those of more than 90 days ago."""
    await connection.execute(_SUM_UP)
    await connection.execute(_OLD, day, KEPT)


async def take_due(connection: Connection, day: date, at: datetime) -> Sequence[UUID]:
    """The active clients for which a notice is due, which is taken as given."""
    return [row["client_id"] for row in await connection.fetch(_DUE, day, at, list(_NOTICES), RECENT)]
