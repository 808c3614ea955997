"""The parts of the schema in a backup: tables with their columns and keys, sequences, partitions."""

from dataclasses import dataclass

import asyncpg

from shared.database.servers import connect as connect_server
from shared.database.tables import SCHEMA

VERSION_TABLE = "core_migration"
_SESSION = {
    "application_name": "escm-backup",
    "search_path": f"{SCHEMA}, public",
    "timezone": "UTC",
    "datestyle": "ISO",
    "intervalstyle": "postgres",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "row_security": "off",
    "client_connection_check_interval": "1000",
}
"""Makes COPY write the same rows as the same bytes. A row that a policy would hide is an error, not omitted."""

_TABLES = """
SELECT c.relname AS name, pg_table_size(c.oid) AS size,
    array_agg(a.attname::text ORDER BY a.attnum) AS columns,
    (SELECT array_agg(k.attname::text ORDER BY array_position(i.indkey::int[], k.attnum::int))
     FROM pg_index i JOIN pg_attribute k ON k.attrelid = c.oid AND k.attnum = ANY(i.indkey)
     WHERE i.indrelid = c.oid AND i.indisprimary) AS key
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = to_regnamespace($1) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND c.relname <> $2 AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
GROUP BY c.oid, c.relname ORDER BY c.relname
"""
_PARTITIONS = """
SELECT p.relname AS parent, c.relname AS name, pg_get_expr(c.relpartbound, c.oid) AS bounds
FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent
WHERE c.relnamespace = to_regnamespace($1) AND c.relispartition AND c.relkind = 'r' ORDER BY c.relname
"""
_SEQUENCES = "SELECT sequencename AS name, increment_by FROM pg_sequences WHERE schemaname = $1 ORDER BY sequencename"


@dataclass(frozen=True, slots=True)
class TableInfo:
    """A table of the schema; `size` is its size on disk in bytes."""

    name: str
    size: int
    columns: tuple[str, ...]
    key: tuple[str, ...]

    @property
    def ordered(self) -> str:
        """The query for COPY of the table, with the same bytes for the same rows."""
        return f"SELECT {_quoted(self.columns)} FROM {self.name} ORDER BY {_quoted(self.key or self.columns)}"  # noqa: S608


def _quoted(names: tuple[str, ...]) -> str:
    return ", ".join(f'"{name}"' for name in names)


async def connect(address: str) -> asyncpg.Connection:
    """A connection whose COPY uses the same text format everywhere."""
    return await connect_server(address, server_settings=_SESSION)


async def tables(connection: asyncpg.Connection) -> list[TableInfo]:
    """Every table with rows of its own; partitions belong to their table."""
    rows = await connection.fetch(_TABLES, SCHEMA, VERSION_TABLE)
    return [TableInfo(row["name"], row["size"], tuple(row["columns"]), tuple(row["key"] or ())) for row in rows]


async def partitions(connection: asyncpg.Connection) -> dict[str, dict[str, str]]:
    """Bounds of the partitions by name, by their table."""
    found: dict[str, dict[str, str]] = {}
    for row in await connection.fetch(_PARTITIONS, SCHEMA):
        found.setdefault(row["parent"], {})[row["name"]] = row["bounds"]
    return found


async def sequences(connection: asyncpg.Connection) -> dict[str, int]:
    """The next number of every sequence. They do not follow the snapshot, but a later number does no harm."""
    found = {}
    for name, step in await connection.fetch(_SEQUENCES, SCHEMA):
        next_number = f"SELECT CASE WHEN is_called THEN last_value + {step} ELSE last_value END FROM {name}"  # noqa: S608
        found[name] = await connection.fetchval(next_number)
    return found
