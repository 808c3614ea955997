"""Calls of operations by clients and their keys: counted in memory, written in the background."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple, TypeAlias
from uuid import UUID

from sqlalchemy import Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from shared.contracts import views
from shared.database.ids import uuid7
from shared.database.pool import Database
from shared.database.statements import Statement
from shared.kernel.clock import now
from shared.kernel.principal import Principal, PrincipalKind

_KNOWN = Statement(
    select(views.PRINCIPALS.c.id).where(
        views.PRINCIPALS.c.kind == PrincipalKind.CLIENT,
        views.PRINCIPALS.c.id == any_(bindparam("clients", type_=ARRAY(Uuid))),
    )
)
_WRITE = """
INSERT INTO access_client_call
    (id, client_id, service, operation, method, path, deprecated_on, sunset, day, calls, failures, last_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""
_FAILURE = 400


class Operation(NamedTuple):
    """An operation; of a retiring one with the day from which it is deprecated and the day of its end."""

    service: str
    name: str
    method: str
    path: str
    deprecated_on: date | None
    sunset: date | None


class _Count(NamedTuple):
    calls: int
    failures: int
    last_at: datetime

    def plus(self, more: "_Count") -> "_Count":
        return _Count(self.calls + more.calls, self.failures + more.failures, max(self.last_at, more.last_at))


_Key: TypeAlias = tuple[UUID, Operation, date]


class ClientCalls:
    """The calls in one process since the last write, by client, operation and day."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._counted: dict[_Key, _Count] = {}

    def note(self, principal: Principal, operation: Operation, status: int | None) -> None:
        """Counts a call by a client or by a key of one, that a response of this status ended; None if the caller went
        away."""
        client = principal.id if principal.kind is PrincipalKind.CLIENT else principal.owner
        if client is not None:
            at = now()
            self._add((client, operation, at.date()), _Count(1, int((status or 0) >= _FAILURE), at))

    async def write(self) -> None:
        """Writes the calls counted since the last write, without those by keys of people. A failed write is retried
        with the next."""
        if not self._counted:
            return
        writing, self._counted = self._counted, {}
        try:
            async with self._database.acquire() as connection:
                clients = list({client for client, _, _ in writing})
                known = {row["id"] for row in await _KNOWN.fetch(connection, clients=clients)}
                await connection.executemany(_WRITE, list(_rows(writing, known)))
        except BaseException:
            for key, count in writing.items():
                self._add(key, count)
            raise

    def _add(self, key: _Key, more: _Count) -> None:
        before = self._counted.get(key)
        self._counted[key] = more if before is None else before.plus(more)


def _rows(counted: Mapping[_Key, _Count], known: Collection[UUID]) -> Iterator[tuple[object, ...]]:
    for (client, operation, day), count in counted.items():
        if client in known:
            yield (uuid7(), client, *operation, day, *count)
