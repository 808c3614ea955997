"""One transaction that owns one connection: the effect, its audit entries and its facts are committed together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql

from shared.database.context import AccessContext
from shared.database.pool import Database
from shared.database.statements import Connection

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


class UnitOfWork:
    """The transaction under way. Operations use `connection` and `append`; only the edge commits."""

    __slots__ = ("_appended", "connection")

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._appended: dict[Table, list[dict[str, Any]]] = {}

    def append(self, table: Table, **row: Any) -> None:
        """Buffers a row of an append-only table. All rows of one table must name the same columns."""
        self._appended.setdefault(table, []).append(row)

    async def flush(self) -> None:
        """Inserts all buffered rows in one statement. The edge calls it once, last before the commit."""
        if not self._appended:
            return
        parts: list[str] = []
        arguments: list[Any] = []
        for table, rows in self._appended.items():
            names = list(rows[0])
            start = len(arguments)
            arguments.extend([row[name] for row in rows] for name in names)
            parts.append(_insert(table, names, start))
        self._appended.clear()
        *first, last = parts
        ctes = ", ".join(f"i{n} AS ({part})" for n, part in enumerate(first))
        await self.connection.execute(f"WITH {ctes} {last}" if ctes else last, *arguments)


def _insert(table: Table, names: list[str], start: int) -> str:
    columns = [table.c[name] for name in names]
    types = [column.type.compile(dialect=_DIALECT) for column in columns]
    casts = ", ".join(f"${start + n}::{kind}[]" for n, kind in enumerate(types, 1))
    return f"INSERT INTO {table.fullname} ({', '.join(names)}) SELECT * FROM unnest({casts})"


@asynccontextmanager
async def unit_of_work(database: Database, context: AccessContext) -> AsyncIterator[UnitOfWork]:
    """A transaction under a context: committed when the block ends well, rolled back when it raises."""
    async with database.acquire() as connection:
        await connection.execute(f"BEGIN;{context.set_local}" if context.set_local else "BEGIN")
        uow = UnitOfWork(connection)
        try:
            yield uow
            await uow.flush()
            await connection.execute("COMMIT")
        except BaseException:
            await _roll_back(connection)
            raise


async def _roll_back(connection: Connection) -> None:
    """Ends the transaction, or the connection where that is not possible: nothing open goes back to the pool."""
    if connection.is_closed():
        return
    try:
        await connection.execute("ROLLBACK", timeout=2)
    except BaseException:
        connection.terminate()
        raise
