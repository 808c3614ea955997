"""Bringing a database and its files back to a backup: whole or not at all."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import BinaryIO

import asyncpg
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from deploy.backup.archive import Reader
from deploy.backup.catalogue import connect
from deploy.backup.errors import BackupError
from deploy.backup.loading import load
from migrations.run import alembic_config, migrate
from shared.bulk.store import FileStore
from shared.configuration.settings import Settings
from shared.database.tables import SCHEMA

ASIDE = f"{SCHEMA}_set_aside"
"""Where what was there before lies while a restore is under way."""
_LOCK = 0x4553434E
_HOLDS = ("core_audit", "access_account")
"""A database with rows in one of these is somebody's."""


async def restore(
    url: str,
    settings: Settings,
    backup: Reader,
    store: FileStore,
    *,
    replace: bool,
    begin: Callable[[str, int], Callable[[int], None]],
) -> None:
    """Restores into the database at `url`, whose user may migrate it, and migrates that to this release.

    What is there is set aside first, and put back where anything fails. `begin` is told each long part and how many
    bytes it has, and answers with what is to be called for each that is done. Raises BackupError where the backup
    is damaged or of a newer release, or where the database holds data and `replace` is not given.
    """
    _known(backup.manifest.revision, url, settings)
    advance = begin("verifies the backup", backup.size)
    for size in backup.verified():
        advance(size)
    async with _alone(url) as connection:
        await _make_room(connection, replace=replace)
        added: list[str] = []
        try:
            await migrate(url, settings, backup.manifest.revision)
            await _files(backup, store, added, begin)
            await load(connection, f"{settings.role_prefix}_owner", backup, begin)
            await migrate(url, settings)
        except BaseException:
            await _put_back(connection)
            for digest in added:
                store.remove(digest)
            raise
        await connection.execute(f"DROP SCHEMA IF EXISTS {ASIDE} CASCADE")
        await connection.execute("ANALYZE")


def _known(revision: str, url: str, settings: Settings) -> None:
    try:
        ScriptDirectory.from_config(alembic_config(url, settings)).get_revision(revision)
    except CommandError as unknown:
        raise BackupError(
            f"The backup is of migration {revision}, which this release does not know: restore it with the release "
            "that made it, or a newer one."
        ) from unknown


@asynccontextmanager
async def _alone(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await connect(url)
    try:
        if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):
            raise BackupError("Another restore into this database is under way.")
        yield connection
    finally:
        await connection.close()


async def _make_room(connection: asyncpg.Connection, *, replace: bool) -> None:
    """Sets aside what is there, after what a killed restore left was put back."""
    if await connection.fetchval("SELECT to_regnamespace($1) IS NOT NULL", ASIDE):
        if not replace:
            raise BackupError(
                f"A restore into this database was cut off; what was there before lies in schema {ASIDE}. Give "
                "--replace to restore again."
            )
        await _put_back(connection)
    if not replace:
        for table in _HOLDS:
            known = await connection.fetchval("SELECT to_regclass($1) IS NOT NULL", f"{SCHEMA}.{table}")
            if known and await connection.fetchval(f"SELECT EXISTS (SELECT FROM {SCHEMA}.{table})"):  # noqa: S608
                raise BackupError("This database holds data. Give --replace to have the backup instead of it.")
    if await connection.fetchval("SELECT to_regnamespace($1) IS NOT NULL", SCHEMA):
        await connection.execute(f"ALTER SCHEMA {SCHEMA} RENAME TO {ASIDE}")


async def _put_back(connection: asyncpg.Connection) -> None:
    async with connection.transaction():
        await connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        if await connection.fetchval("SELECT to_regnamespace($1) IS NOT NULL", ASIDE):
            await connection.execute(f"ALTER SCHEMA {ASIDE} RENAME TO {SCHEMA}")


async def _files(
    backup: Reader, store: FileStore, added: list[str], begin: Callable[[str, int], Callable[[int], None]]
) -> None:
    """Stores the files that are not there; `added` names them."""
    advance = begin("restores the files", sum(file.size for file in backup.manifest.files.values()))
    for digest, file in backup.manifest.files.items():
        if not store.path(digest).exists():
            added.append(digest)
            await asyncio.to_thread(store.write, partial(_fill, backup, digest))
        advance(file.size)


def _fill(backup: Reader, digest: str, target: BinaryIO) -> None:
    for block in backup.blocks("files", digest):
        target.write(block)
