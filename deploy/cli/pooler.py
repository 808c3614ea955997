"""A pooler before the database: the finding of `escm doctor`."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

from deploy.cli.findings import Finding

_ROUNDS = 5
"""How often two idle clients are compared: another client may take a connection in between."""
_FILE = "see deploy/pgbouncer/pgbouncer.ini"


async def of_pooler(database_url: str) -> list[Finding]:
    """Whether apps can use the pooler, if there is one: it shares connections between transactions, and follows
    prepared statements."""
    import asyncpg

    from services.access.settings import AccessSettings

    settings = AccessSettings(database_url=database_url)
    if not settings.database_pooler:
        return []
    try:
        async with asyncio.timeout(10), AsyncExitStack() as stack:
            clients = [await asyncpg.connect(settings.app_dsn, timeout=5) for _ in range(2)]
            for client in clients:
                stack.push_async_callback(client.close)
            faults = [await _sharing(*clients), await _preparing(*clients), await _limits(clients[0])]
    except (OSError, TimeoutError, asyncpg.PostgresError) as refused:
        return [Finding("pooler", False, f"{type(refused).__name__}: {refused}", f"start it, {_FILE}")]
    found = [fault for fault in faults if fault]
    seen = f"{settings.database_pooler} shares connections between transactions"
    return [Finding("pooler", not found, "; ".join(found) or seen, _FILE)]


async def _sharing(one: Any, other: Any) -> str:
    for _ in range(_ROUNDS):
        if await one.fetchval("SELECT pg_backend_pid()") == await other.fetchval("SELECT pg_backend_pid()"):
            return ""
    return "each client has a connection of its own: set pool_mode = transaction"


async def _preparing(one: Any, other: Any) -> str:
    """Runs a prepared statement again while another client has the connection on which it was prepared."""
    import asyncpg

    try:
        for _ in range(_ROUNDS):
            async with one.transaction():
                statement, prepared_on = await one.prepare("SELECT 1"), await one.fetchval("SELECT pg_backend_pid()")
            async with other.transaction():
                if await other.fetchval("SELECT pg_backend_pid()") == prepared_on:
                    await statement.fetchval()
                    break
    except (asyncpg.InvalidSQLStatementNameError, asyncpg.DuplicatePreparedStatementError):
        return "prepared statements are lost: set max_prepared_statements = 1000"
    return ""


async def _limits(client: Any) -> str:
    path = await client.fetchval("SHOW search_path")
    return "" if path == "escm" else "the roles lack the limits of sessions: run `escm migrate`"
