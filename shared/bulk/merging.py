"""Rows into their table in one statement, given as JSON: what all of them share is given once."""

import asyncio
from collections.abc import Sequence
from functools import lru_cache

import orjson
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql

from shared.bulk.importable import Columns
from shared.bulk.staging import PATIENCE
from shared.database.statements import Connection

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


async def insert_rows(connection: Connection, table: Table, rows: Sequence[Columns]) -> None:
    """Inserts rows, which are whole and not there yet."""
    await _write(connection, table, rows, is_merge=False)


async def merge_rows(connection: Connection, table: Table, rows: Sequence[Columns]) -> None:
    """Inserts rows, which are whole, and replaces those that are there."""
    await _write(connection, table, rows, is_merge=True)


async def _write(connection: Connection, table: Table, rows: Sequence[Columns], *, is_merge: bool) -> None:
    if rows:
        varying, shared, own = await asyncio.to_thread(_divide, table, rows)
        await connection.execute(_statement(table, varying, is_merge), shared, own, timeout=PATIENCE)


def _divide(table: Table, rows: Sequence[Columns]) -> tuple[tuple[str, ...], str, str]:
    """The columns that vary, with the key's; the first row, and of each row those columns, as JSON."""
    keys = {str(column.key) for column in table.primary_key}
    first = rows[0]
    last = rows[-1]
    varying = tuple(
        n for n in first if n in keys or last[n] != first[n] or [row[n] for row in rows].count(first[n]) < len(rows)
    )
    own = [{name: row[name] for name in varying} for row in rows]
    return varying, orjson.dumps(first, default=str).decode(), orjson.dumps(own, default=str).decode()


@lru_cache(256)
def _statement(table: Table, varying: tuple[str, ...], is_merge: bool) -> str:
    names = [str(column.key) for column in table.c]
    keys = [str(column.key) for column in table.primary_key]
    shown = ", ".join(f"{'v' if name in varying else 's'}.{name}" for name in names)
    kinds = ", ".join(f"{name} {table.c[name].type.compile(dialect=_DIALECT)}" for name in varying)
    insert = (
        f"INSERT INTO {table.fullname} ({', '.join(names)}) SELECT {shown}"  # noqa: S608
        f" FROM json_populate_record(NULL::{table.fullname}, $1::text::json) s,"
        f" json_to_recordset($2::text::json) v ({kinds})"
    )
    if not is_merge:
        return insert
    changed = ", ".join(f"{name} = excluded.{name}" for name in names if name not in (*keys, "ref", "created_at"))
    return f"{insert} ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {changed}"
