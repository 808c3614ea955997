"""Closes a database to the services for a restore, and opens it again.

While the fence exists, the schema belongs to the restore, and the previous one is set aside. Closing and opening are
one transaction each, so that after a kill the database is either open with its data or closed with its data aside.
"""

import asyncio

import asyncpg

from migrations.roles import UnfitDatabase, let_in, logins
from shared.configuration.settings import Settings
from shared.database.maintenance import ASIDE, FENCE, IS_FENCED
from shared.database.tables import SCHEMA

_LOCK = 0x4553434E
_PATIENCE = 30.0
_PAUSE = 0.1
_SESSIONS = """
SELECT pid, backend_start FROM pg_stat_activity
WHERE datname = current_database() AND usename = ANY($1) AND pid <> pg_backend_pid()
"""
_END = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE (pid, backend_start) = ($1, $2)"


async def lock_for_restore(connection: asyncpg.Connection, patience: float = 0.0) -> bool:
    """Whether this session now holds the lock of restores, until it ends. Waits at most `patience` seconds."""
    until = asyncio.get_running_loop().time() + patience
    while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):
        if asyncio.get_running_loop().time() >= until:
            return False
        await asyncio.sleep(_PAUSE)
    return True


async def close(connection: asyncpg.Connection, settings: Settings) -> None:
    """Creates the fence and sets the schema aside, then ends the sessions of all services.

    A transaction under way may still commit until its session is ended; its writes are set aside too. Raises
    UnfitDatabase if sessions do not end within 30 seconds; the fence then remains.
    """
    roles = await logins(connection, settings)
    async with connection.transaction():
        await connection.execute(f"CREATE SCHEMA {FENCE}")
        if await _exists(connection, SCHEMA):
            await connection.execute(f"REVOKE USAGE ON SCHEMA {SCHEMA} FROM {', '.join(roles)}")
            await connection.execute(f"ALTER SCHEMA {SCHEMA} RENAME TO {ASIDE}")
    sessions = {tuple(row) for row in await connection.fetch(_SESSIONS, roles)}
    for session in sessions:
        await connection.execute(_END, *session)
    until = asyncio.get_running_loop().time() + _PATIENCE
    while sessions & {tuple(row) for row in await connection.fetch(_SESSIONS, roles)}:
        if asyncio.get_running_loop().time() > until:
            raise UnfitDatabase("The sessions of the services do not end: stop them and restore again.")
        await asyncio.sleep(_PAUSE)


async def open_restored(connection: asyncpg.Connection, settings: Settings) -> None:
    """Drops the schema set aside and opens the database with the restored one."""
    async with connection.transaction():
        await connection.execute(f"DROP SCHEMA IF EXISTS {ASIDE} CASCADE")
        await _open(connection, settings)


async def open_as_before(connection: asyncpg.Connection, settings: Settings) -> None:
    """Drops what was restored so far and opens the database with the schema set aside."""
    async with connection.transaction():
        await connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        if await _exists(connection, ASIDE):
            await connection.execute(f"ALTER SCHEMA {ASIDE} RENAME TO {SCHEMA}")
        await _open(connection, settings)


async def end_cut_off_restore(connection: asyncpg.Connection, settings: Settings) -> None:
    """Opens the database as it was before a killed restore. Raises UnfitDatabase while a restore runs."""
    if not await connection.fetchval(IS_FENCED):
        return
    if not await lock_for_restore(connection, _PATIENCE):
        raise UnfitDatabase("A restore into this database is under way.")
    if await connection.fetchval(IS_FENCED):
        await open_as_before(connection, settings)


async def _open(connection: asyncpg.Connection, settings: Settings) -> None:
    if await _exists(connection, SCHEMA):
        await let_in(connection, settings)
    await connection.execute(f"DROP SCHEMA {FENCE}")


async def _exists(connection: asyncpg.Connection, schema: str) -> bool:
    return bool(await connection.fetchval("SELECT to_regnamespace($1) IS NOT NULL", schema))
