"""Takes a backup while the system runs: one snapshot of every table and file."""

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

import asyncpg

from deploy.backup.archive import Content, Manifest, Part, Stream, Table, Writer
from deploy.backup.catalogue import VERSION_TABLE, TableInfo, connect, partitions, sequences, tables
from deploy.backup.errors import BackupError
from deploy.backup.evidence import digests_of
from deploy.backup.open_data import digests_of_copies
from shared.bulk.references import referenced
from shared.bulk.store import FileStore
from shared.database.maintenance import IS_FENCED
from shared.kernel.clock import now

_BLOCK = 1 << 20


async def take(
    address: str,
    store: FileStore,
    evidence: FileStore | None,
    copies: FileStore | None,
    target: BinaryIO,
    release: str,
    begin: Callable[[int], Callable[[int], None]],
) -> Manifest:
    """Writes a backup of the database at `address`, whose user sees every row, and of the files that it names; without
    evidence or copies of open data if there is no store of them.

    `begin` receives the approximate number of bytes and returns a callback for finished ones. Raises BackupError if the
    database is not migrated, is being migrated, or is closed for a restore.
    """
    connection = await connect(address)
    try:
        if await connection.fetchval(IS_FENCED):
            raise BackupError("A restore into this database is running or was interrupted: see `escm doctor`.")
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            revision = await _revision(connection)
            found = await tables(connection)
            files = await referenced(connection)
            proofs = await digests_of(connection) if evidence else []
            dated = await digests_of_copies(connection) if copies else []
            sizes = await _sizes(store, files) + (await _sizes(evidence, proofs) if evidence else 0)
            sizes += await _sizes(copies, dated) if copies else 0
            advance = begin(sum(table.size for table in found) + sizes)
            writer, made_at = Writer(target), now()
            contents = await _files(store, "files", files, writer, advance)
            for digest in contents.keys() - _whole(contents).keys():
                raise BackupError(f"The stored file {digest} does not match its name: it was altered.")
            proven = _whole(await _files(evidence, "evidence", proofs, writer, advance)) if evidence else {}
            copied = _whole(await _files(copies, "open_data", dated, writer, advance)) if copies else {}
            lost = files.keys() - contents.keys()
            still_named = await referenced(connection) if lost else {}
            missing = {digest for digest in lost if still_named[digest]} | (set(proofs) - proven.keys())
            missing |= set(dated) - copied.keys()
            manifest = Manifest(
                release=release,
                revision=revision,
                made_at=made_at,
                tables=await _tables(connection, address, found, writer, advance),
                sequences=await sequences(connection),
                files=contents,
                evidence=proven if evidence else None,
                open_data=copied if copies else None,
                missing=tuple(sorted(missing)),
            )
        if await _revision(connection) != revision:
            raise BackupError("The database was migrated meanwhile: take the backup again.")
        await asyncio.to_thread(writer.finish, manifest)
    finally:
        await connection.close()
    return manifest


async def _revision(connection: asyncpg.Connection) -> str:
    if not await connection.fetchval("SELECT to_regclass($1)", VERSION_TABLE):
        raise BackupError("This database is not migrated: there is nothing to back up.")
    return str(await connection.fetchval(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608


async def _sizes(store: FileStore, digests: Iterable[str]) -> int:
    return sum([await store.size(digest) or 0 for digest in digests])


async def _files(
    store: FileStore, part: Part, digests: Iterable[str], writer: Writer, advance: Callable[[int], None]
) -> dict[str, Content]:
    """Writes those of the files that are still in the store, which deletes expired ones."""
    contents: dict[str, Content] = {}
    for digest in sorted(digests):
        try:
            async with store.opened(digest) as path:
                contents[digest] = await _copied(path, writer.stream(part, digest), advance)
        except FileNotFoundError:
            continue
    return contents


def _whole(contents: dict[str, Content]) -> dict[str, Content]:
    """The files whose content has the digest that is their name."""
    return {digest: content for digest, content in contents.items() if content.sha256 == digest}


async def _copied(path: Path, stream: Stream, advance: Callable[[int], None]) -> Content:
    with path.open("rb") as file:
        while block := await asyncio.to_thread(file.read, _BLOCK):
            await stream.write(block)
            advance(len(block))
    return await stream.end()


async def _tables(
    connection: asyncpg.Connection,
    address: str,
    found: list[TableInfo],
    writer: Writer,
    advance: Callable[[int], None],
) -> dict[str, Table]:
    """Copies each table in a short transaction of its own in the connection's snapshot, so that none is locked long."""
    snapshot = await connection.fetchval("SELECT pg_export_snapshot()")
    bounds = await partitions(connection)
    copied: dict[str, Table] = {}
    copying = await connect(address)
    try:
        for table in found:
            async with copying.transaction(isolation="repeatable_read", readonly=True):
                await copying.execute(f"SET TRANSACTION SNAPSHOT '{snapshot}'")
                content, rows = await copy_out(copying, table, writer.stream("tables", table.name))
            advance(table.size)
            copied[table.name] = Table(
                **content.model_dump(), rows=rows, columns=table.columns, partitions=bounds.get(table.name, {})
            )
    finally:
        await copying.close()
    return copied


async def copy_out(connection: asyncpg.Connection, table: TableInfo, stream: Stream) -> tuple[Content, int]:
    """Writes the table's rows to the stream and returns their number."""
    try:
        copied = await connection.copy_from_query(table.ordered, output=stream.write)
    except asyncpg.UndefinedTableError as gone:
        raise BackupError("The database was migrated meanwhile: take the backup again.") from gone
    return await stream.end(), int(copied.removeprefix("COPY "))
