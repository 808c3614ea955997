"""Rows of other services, inserted directly into their tables."""

from typing import Any
from uuid import UUID

import asyncpg

from shared.database.ids import uuid7

_COLUMNS = """
SELECT column_name, data_type FROM information_schema.columns
WHERE table_schema = 'escm' AND table_name = $1 AND is_nullable = 'NO' AND column_default IS NULL
    AND is_generated = 'NEVER'
"""
_PLAIN = {
    "text": "'x'",
    "jsonb": "'{}'",
    "ARRAY": "'{}'",
    "uuid": "uuidv7()",
    "integer": "1",
    "smallint": "1",
    "boolean": "false",
    "date": "current_date",
    "timestamp with time zone": "now()",
}


async def enter(superuser: asyncpg.Connection, table: str, **values: Any) -> UUID:
    """Inserts a row with these values and defaults for the other required columns. Returns its id."""
    values = {"id": uuid7(), "country": "XA", "visibility": "public", **values}
    required = {row["column_name"]: row["data_type"] for row in await superuser.fetch(_COLUMNS, table)}
    plain = {name: _PLAIN[kind] for name, kind in required.items() if name not in values}
    names = ", ".join([*values, *plain])
    marks = ", ".join([*(f"${n}" for n in range(1, len(values) + 1)), *plain.values()])
    await superuser.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", *values.values())
    return UUID(str(values["id"]))


async def change(superuser: asyncpg.Connection, table: str, row: UUID, **values: Any) -> None:
    """Other values for a row."""
    sets = ", ".join(f"{name} = ${n}" for n, name in enumerate(values, 2))
    await superuser.execute(f"UPDATE {table} SET {sets} WHERE id = $1", row, *values.values())
