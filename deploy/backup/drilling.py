"""Restores a backup into an empty database for a trial, and deletes it there."""

from collections.abc import Awaitable, Callable, Collection
from pathlib import Path
from uuid import UUID

from deploy.backup.archive import Reader
from deploy.backup.catalogue import connect
from deploy.backup.errors import BackupError
from deploy.backup.restoring import restore
from shared.bulk.store import FileStore
from shared.configuration.settings import Settings
from shared.database.maintenance import ASIDE, FENCE
from shared.database.tables import SCHEMA


async def drill(
    url: str,
    settings: Settings,
    backup: Reader,
    folder: Path,
    erased: Collection[UUID],
    begin: Callable[[str, int], Callable[[int], None]],
    check: Callable[[], Awaitable[None]],
) -> None:
    """Restores the backup into the database at `url` and its files into `folder`. Awaits `check`, then deletes the
    data.

    Raises BackupError if the database has a schema of this system, whatever is in it, and what `restore` and `check`
    raise. `begin` and `erased` are those of `restore`.
    """
    connection = await connect(url)
    try:
        for schema in (SCHEMA, ASIDE, FENCE):
            if await connection.fetchval("SELECT to_regnamespace($1) IS NOT NULL", schema):
                raise BackupError("The database is not empty: a drill takes a new database, on a server of its own.")
        stores = [FileStore(folder / part) for part in ("files", "evidence", "open_data")]
        await restore(
            url, settings, backup, *stores, replace=False, agree=lambda _later: None, begin=begin, erased=erased
        )
        try:
            await check()
        finally:
            await connection.execute(f"DROP SCHEMA {SCHEMA} CASCADE")
    finally:
        await connection.close()
