"""Prepared writes of rows, separate from their execution. A statement receives its rows as JSON, and the values that
all rows share once."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, TypeAlias

import orjson
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql

from shared.bulk.rows import Columns
from shared.bulk.validation import PATIENCE
from shared.database.statements import Connection

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


PreparedWrite: TypeAlias = Callable[[Connection], Awaitable[object]]
"""A statement that is ready to be executed."""


async def execute_all(connection: Connection, writes: Iterable[PreparedWrite]) -> None:
    """Executes the writes in their order."""
    for write in writes:
        await write(connection)


def inserting(table: Table, rows: Sequence[Columns]) -> list[PreparedWrite]:
    """Inserts complete new rows."""
    return _writing(table, rows, is_merge=False)


def merging(table: Table, rows: Sequence[Columns]) -> list[PreparedWrite]:
    """Inserts complete rows, and replaces existing ones."""
    return _writing(table, rows, is_merge=True)


def copying(table: str, columns: Sequence[str], records: Sequence[tuple[Any, ...]]) -> list[PreparedWrite]:
    """Copies records into a table without row-level security."""
    if not records:
        return []

    async def write(connection: Connection) -> None:
        await connection.copy_records_to_table(
            table, schema_name="escm", columns=columns, records=records, timeout=PATIENCE
        )

    return [write]


def executing(statement: str, *arguments: Any) -> list[PreparedWrite]:
    """Executes a statement."""
    return [lambda connection: connection.execute(statement, *arguments, timeout=PATIENCE)]


def _writing(table: Table, rows: Sequence[Columns], *, is_merge: bool) -> list[PreparedWrite]:
    if not rows:
        return []
    varying, shared, own = _divide(table, rows)
    return executing(_statement(table, varying, is_merge), shared, own)


def _divide(table: Table, rows: Sequence[Columns]) -> tuple[tuple[str, ...], str, str]:
    """The columns that vary, with those of the key; the first row; and these columns of each row, as JSON."""
    keys = {str(column.key) for column in table.primary_key}
    first, last = rows[0], rows[-1]

    def is_varying(name: str) -> bool:
        value = first[name]
        return name in keys or last[name] != value or [*map(itemgetter(name), rows)].count(value) < len(rows)

    varying = tuple(filter(is_varying, first))
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
