"""Loads the tables of a backup into a freshly migrated database, in one transaction."""

import re
from collections.abc import AsyncIterator, Callable, Iterable

import asyncpg

from deploy.backup.archive import Reader, Stream
from deploy.backup.catalogue import TableInfo, sequences, tables
from deploy.backup.errors import BackupError
from deploy.backup.taking import copy_out
from shared.database.tables import SCHEMA

_PROTECTED = """
SELECT oid::regclass::text AS name FROM pg_class WHERE relnamespace = to_regnamespace($1) AND relforcerowsecurity
"""
_TRIGGERED = """
SELECT DISTINCT tgrelid::regclass::text AS name FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = to_regnamespace($1) AND NOT tgisinternal
"""
_REFERENCES = """
SELECT quote_ident(conname) AS name, conrelid::regclass::text AS table, pg_get_constraintdef(oid) AS definition
FROM pg_constraint WHERE connamespace = to_regnamespace($1) AND contype = 'f' AND conparentid = 0 ORDER BY conname
"""
_NAME = re.compile(r"[a-z_][a-z0-9_]*")
_BOUNDS = re.compile(r"DEFAULT|FOR VALUES FROM \('[\da-f-]{10,36}'\) TO \('[\da-f-]{10,36}'\)")


async def load(
    connection: asyncpg.Connection, owner: str, backup: Reader, begin: Callable[[str, int], Callable[[int], None]]
) -> None:
    """Loads every table as the schema's owner, without row-level security and triggers. References are checked at the
    end, and each table must give the same bytes as in the backup.

    Raises BackupError if tables or columns differ from those of the backup, or a table has other bytes.
    """
    advance = begin("restores the tables", 2 * sum(table.size for table in backup.manifest.tables.values()))
    async with connection.transaction():
        await connection.execute(f"SET LOCAL ROLE {owner}")
        found = await tables(connection)
        _same(backup, found)
        protected, triggered = await _names(connection, _PROTECTED), await _names(connection, _TRIGGERED)
        references = await connection.fetch(_REFERENCES, SCHEMA)
        await _each(connection, "ALTER TABLE {} NO FORCE ROW LEVEL SECURITY", protected)
        await _each(connection, "ALTER TABLE {} DISABLE TRIGGER USER", triggered)
        for reference in references:
            await connection.execute(f"ALTER TABLE {reference['table']} DROP CONSTRAINT {reference['name']}")
        await _empty(connection, found)
        await _partitions(connection, backup)
        for table in found:
            await _fill(connection, backup, table, advance)
        for table in found:
            await _compare(connection, backup, table, advance)
        for reference in references:
            constraint = f"ADD CONSTRAINT {reference['name']} {reference['definition']}"
            await connection.execute(f"ALTER TABLE {reference['table']} {constraint}")
        await _each(connection, "ALTER TABLE {} ENABLE TRIGGER USER", triggered)
        await _each(connection, "ALTER TABLE {} FORCE ROW LEVEL SECURITY", protected)
        await _sequences(connection, backup)


def _same(backup: Reader, found: list[TableInfo]) -> None:
    here = {table.name: table.columns for table in found}
    there = {name: table.columns for name, table in backup.manifest.tables.items()}
    if here != there:
        wrong = sorted(name for name in here.keys() | there.keys() if here.get(name) != there.get(name))
        raise BackupError(f"The tables of the backup differ from those of its migration: {', '.join(wrong)}.")


async def _names(connection: asyncpg.Connection, query: str) -> list[str]:
    return [row["name"] for row in await connection.fetch(query, SCHEMA)]


async def _each(connection: asyncpg.Connection, statement: str, names: Iterable[str]) -> None:
    for name in names:
        await connection.execute(statement.format(name))


async def _empty(connection: asyncpg.Connection, found: Iterable[TableInfo]) -> None:
    """Empties the tables that the migrations filled; emptying one makes new files for it and its indexes."""
    has_rows = "SELECT EXISTS (SELECT FROM {})"
    filled = [table.name for table in found if await connection.fetchval(has_rows.format(table.name))]
    if filled:
        await connection.execute(f"TRUNCATE {', '.join(filled)}")


async def _partitions(connection: asyncpg.Connection, backup: Reader) -> None:
    """Creates the partitions that the migration did not, because it creates them from today on only."""
    for table, content in backup.manifest.tables.items():
        for name, bounds in content.partitions.items():
            if not (_NAME.fullmatch(name) and _BOUNDS.fullmatch(bounds)):
                raise BackupError(f"The backup has a partition of an unknown kind: {name}.")
            await connection.execute(f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF {table} {bounds}")


async def _fill(
    connection: asyncpg.Connection, backup: Reader, table: TableInfo, advance: Callable[[int], None]
) -> None:
    async def rows() -> AsyncIterator[bytes]:
        for block in backup.blocks("tables", table.name):
            yield block
            advance(len(block))

    await connection.copy_to_table(table.name, source=rows(), columns=table.columns)


async def _compare(
    connection: asyncpg.Connection, backup: Reader, table: TableInfo, advance: Callable[[int], None]
) -> None:
    expected = backup.manifest.tables[table.name]
    content, rows = await copy_out(connection, table, Stream(lambda _, block: advance(len(block))))
    if (content.sha256, rows) != (expected.sha256, expected.rows):
        raise BackupError(f"{table.name} came out of the restore different from what went in.")


async def _sequences(connection: asyncpg.Connection, backup: Reader) -> None:
    for name in await sequences(connection):
        if (number := backup.manifest.sequences.get(name)) is not None:
            await connection.execute(f"ALTER SEQUENCE {name} RESTART WITH {int(number)}")
