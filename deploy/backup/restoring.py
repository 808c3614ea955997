"""Restores a database and its files from a backup, completely or not at all."""

import hashlib
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from dataclasses import replace as with_values
from datetime import datetime
from functools import partial
from typing import BinaryIO
from uuid import UUID

import asyncpg
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from deploy.backup.archive import Part, Reader
from deploy.backup.catalogue import connect
from deploy.backup.erasing import erase_again, erased_in
from deploy.backup.errors import BackupError
from deploy.backup.loading import load
from migrations.maintenance import close, lock_for_restore, open_as_before, open_restored
from migrations.roles import cluster_lock, prepare
from migrations.run import alembic_config, migrate
from shared.bulk.store import FileStore
from shared.configuration.settings import Settings
from shared.database.maintenance import ASIDE, IS_FENCED
from shared.database.tables import SCHEMA

_HOLDS = ("core_audit", "access_account")
"""A database with rows in one of these is in use."""


@dataclass(frozen=True, slots=True)
class Later:
    """The changes after the backup: their number, and the time of the last one. `erased`: how many persons were erased
    again."""

    changes: int
    last: datetime | None
    erased: int = 0


async def restore(
    url: str,
    settings: Settings,
    backup: Reader,
    store: FileStore,
    evidence: FileStore,
    copies: FileStore,
    *,
    replace: bool,
    agree: Callable[[Later], None],
    begin: Callable[[str, int], Callable[[int], None]],
    erased: Collection[UUID] = (),
) -> Later:
    """Restores into the database at `url`, whose user may migrate it, and migrates it to this release. Returns what the
    database had and has lost.

    Verifies the backup, then closes the database to the services and sets the present schema aside; if anything
    fails, opens the database with it again. `agree` receives what will be lost once nothing can be added to it, and
    raises to decline. Before the database opens, erases again the persons in `erased` and those whom the present
    database has erased. `begin` receives each long part and the number of its bytes, and returns a callback for
    finished ones. Raises BackupError if the backup is damaged or of a newer release, or if the database holds data and
    `replace` is not given.
    """
    _known(backup.manifest.revision, url, settings)
    advance = begin("verifies the backup", backup.size)
    for size in backup.verified():
        advance(size)
    async with _alone(url) as connection:
        await _end_cut_off(connection, settings, replace=replace)
        if not replace and await _holds_data(connection):
            raise BackupError("The database contains data. Use --replace to replace it by the backup.")
        added: list[tuple[FileStore, str]] = []
        try:
            async with cluster_lock(url):
                await prepare(connection, settings)
                await close(connection, settings)
            gone = await _later(connection, backup)
            agree(gone)
            forgotten = {*erased, *await erased_in(connection, ASIDE)}
            await migrate(url, settings, backup.manifest.revision, for_restore=True)
            await _files(backup, "files", store, added, begin)
            await _files(backup, "evidence", evidence, added, begin)
            await _files(backup, "open_data", copies, added, begin)
            await load(connection, f"{settings.role_prefix}_owner", backup, begin)
            await migrate(url, settings, for_restore=True)
            await connection.execute("ANALYZE")
            again = await erase_again(url, settings, store, forgotten)
            await open_restored(connection, settings)
        except BaseException:
            await _reopen(url, connection, settings)
            for place, digest in added:
                await place.remove(digest)
            raise
    return with_values(gone, erased=again)


async def _later(connection: asyncpg.Connection, backup: Reader) -> Later:
    """The number of audit entries set aside beyond the backup's; every change appends one."""
    if not await connection.fetchval("SELECT to_regclass($1) IS NOT NULL", f"{ASIDE}.core_audit"):
        return Later(0, None)
    entries, last = await connection.fetchrow(f"SELECT count(*), max(at) FROM {ASIDE}.core_audit")  # noqa: S608
    return Later(max(0, entries - backup.manifest.tables["core_audit"].rows), last)


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
        if not await lock_for_restore(connection):
            raise BackupError("Another restore into this database is running.")
        yield connection
    finally:
        await connection.close()


async def _end_cut_off(connection: asyncpg.Connection, settings: Settings, *, replace: bool) -> None:
    """Puts back what a killed restore set aside. Without `replace` raises BackupError, so that the caller decides."""
    if not await connection.fetchval(IS_FENCED):
        return
    if not replace:
        raise BackupError(
            "A restore into this database was interrupted, and the database is closed. Use --replace to restore again, "
            "or run `escm migrate` to restore the old data."
        )
    await open_as_before(connection, settings)


async def _holds_data(connection: asyncpg.Connection) -> bool:
    for table in _HOLDS:
        known = await connection.fetchval("SELECT to_regclass($1) IS NOT NULL", f"{SCHEMA}.{table}")
        if known and await connection.fetchval(f"SELECT EXISTS (SELECT FROM {SCHEMA}.{table})"):  # noqa: S608
            return True
    return False


async def _reopen(url: str, connection: asyncpg.Connection, settings: Settings) -> None:
    """Opens the database as it was before, over a new connection if the restore's own is lost."""
    if connection.is_closed():
        await migrate(url, settings)
    elif await connection.fetchval(IS_FENCED):
        await open_as_before(connection, settings)


async def _files(
    backup: Reader,
    part: Part,
    store: FileStore,
    added: list[tuple[FileStore, str]],
    begin: Callable[[str, int], Callable[[int], None]],
) -> None:
    """Stores the missing and repairs the damaged files; `added` names the missing ones."""
    files = backup.contents(part)
    advance = begin(f"restores the {part}", sum(file.size for file in files.values()))
    for digest, file in files.items():
        is_missing = await store.size(digest) is None
        if is_missing:
            added.append((store, digest))
        if is_missing or not await _is_whole(store, digest):
            await store.write(partial(_fill, backup, part, digest))
        advance(file.size)


async def _is_whole(store: FileStore, digest: str) -> bool:
    read = hashlib.sha256()
    async for block in store.blocks(digest):
        read.update(block)
    return read.hexdigest() == digest


def _fill(backup: Reader, part: Part, digest: str, target: BinaryIO) -> None:
    for block in backup.blocks(part, digest):
        target.write(block)
