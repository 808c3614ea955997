"""One snapshot of the database for several queries."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from shared.database.context import AccessContext
from shared.database.pool import Database, roll_back
from shared.database.statements import Connection


@asynccontextmanager
async def snapshot(database: Database, context: AccessContext) -> AsyncIterator[Connection]:
    """A connection with one snapshot of the database, limited to what the context permits."""
    async with database.acquire() as connection:
        await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;" + context.set_local)
        try:
            await connection.execute("SET LOCAL idle_in_transaction_session_timeout = '90s'")
            yield connection
        finally:
            await roll_back(connection)
