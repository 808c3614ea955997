"""Calls of retiring operations by clients: noted in memory, written in the background."""

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
from shared.kernel.principal import PrincipalKind

_KNOWN = Statement(
    select(views.PRINCIPALS.c.id).where(
        views.PRINCIPALS.c.kind == PrincipalKind.CLIENT,
        views.PRINCIPALS.c.id == any_(bindparam("clients", type_=ARRAY(Uuid))),
    )
)
_WRITE = """
INSERT INTO access_deprecated_call
    (id, client_id, service, operation, method, path, deprecated_on, sunset, day, calls, last_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""


class OldOperation(NamedTuple):
    """A retiring operation, with the day from which it is deprecated and the day of its end."""

    service: str
    name: str
    method: str
    path: str
    deprecated_on: date
    sunset: date


_Key: TypeAlias = tuple[UUID, OldOperation, date]


class DeprecatedCalls:
    """The calls in one process since the last write, by client, operation and day."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._noted: dict[_Key, tuple[int, datetime]] = {}

    def note(self, client: UUID, operation: OldOperation) -> None:
        """Counts a call."""
        at = now()
        key = (client, operation, at.date())
        count, _ = self._noted.get(key, (0, at))
        self._noted[key] = count + 1, at

    async def write(self) -> None:
        """Writes the calls noted since the last write, without those by keys of people. A failed write is retried with
        the next."""
        if not self._noted:
            return
        writing, self._noted = self._noted, {}
        try:
            async with self._database.acquire() as connection:
                clients = list({client for client, _, _ in writing})
                known = {row["id"] for row in await _KNOWN.fetch(connection, clients=clients)}
                await connection.executemany(_WRITE, list(_rows(writing, known)))
        except BaseException:
            for key, (count, at) in writing.items():
                more, later = self._noted.get(key, (0, at))
                self._noted[key] = count + more, later
            raise


def _rows(noted: Mapping[_Key, tuple[int, datetime]], known: Collection[UUID]) -> Iterator[tuple[object, ...]]:
    for (client, operation, day), (count, at) in noted.items():
        if client in known:
            yield (uuid7(), client, *operation, day, count, at)
