"""The statements that a piece of work sends to the database. Equal work sends equal statements, on any machine."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from shared.database.pool import Database
from shared.database.statements import Connection

_OF_ASYNCPG = ("typeinfo_tree", "set_config('jit'")
"""What the driver asks when a connection meets a type for the first time."""


class Recorded:
    """A database that records the statements of those who acquire a connection of it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sent: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[Connection]:
        """A connection of the database."""
        async with self._database.acquire() as connection:
            with connection.query_logger(lambda one: self._record(one.query)):
                yield connection

    def _record(self, statement: str) -> None:
        if not any(mark in statement for mark in _OF_ASYNCPG):
            self._sent.append(statement)

    def take(self) -> list[str]:
        """What was sent since the last call, in order."""
        sent, self._sent = self._sent, []
        return sent
