"""Calls of retiring operations by clients: noted in memory, written in the background."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from shared.database.ids import uuid7
from shared.database.pool import Database
from shared.kernel.clock import now

_WRITE = """
INSERT INTO access_deprecated_call
    (id, client_id, service, operation, method, path, deprecated_on, sunset, day, calls, last_at)
SELECT $1, p.id, $3, $4, $5, $6, $7, $8, $9, $10, $11
FROM access_published_principal p WHERE p.kind = 'client' AND p.id = $2
"""
"""Not for a key that belongs to a person, nor for a client that was revoked meanwhile."""


class OldOperation(NamedTuple):
    """A retiring operation, with the day from which it is deprecated and the day of its end."""

    service: str
    name: str
    method: str
    path: str
    deprecated_on: date
    sunset: date


class DeprecatedCalls:
    """The calls in one process since the last write, by client, operation and day."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._noted: dict[tuple[UUID, OldOperation, date], tuple[int, datetime]] = {}

    def note(self, client: UUID, operation: OldOperation) -> None:
        """Counts a call."""
        at = now()
        key = (client, operation, at.date())
        count, _ = self._noted.get(key, (0, at))
        self._noted[key] = count + 1, at

    async def write(self) -> None:
        """Writes the calls noted since the last write. A failed write is retried with the next."""
        if not self._noted:
            return
        writing, self._noted = self._noted, {}
        try:
            async with self._database.acquire() as connection:
                await connection.executemany(_WRITE, list(self._rows(writing)))
        except BaseException:
            for key, (count, at) in writing.items():
                more, later = self._noted.get(key, (0, at))
                self._noted[key] = count + more, later
            raise

    def _rows(self, noted: dict[tuple[UUID, OldOperation, date], tuple[int, datetime]]) -> Iterable[tuple[object, ...]]:
        for (client, operation, day), (count, at) in noted.items():
            yield (uuid7(), client, *operation, day, count, at)
