"""The list of an import's failed rows: their cells as they were given, then `problem`, `detail` and `row`."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

from shared.bulk.imports import layout_of
from shared.bulk.layout import REMARKS
from shared.bulk.reading import RawRow, rows_of
from shared.bulk.targets import csv_line
from shared.database.pool import Database
from shared.database.statements import Row

_AT_ONCE = 2000
_FAILED = """
SELECT row, problem, detail FROM core_import_row
WHERE import = $1 AND problem IS NOT NULL AND row > $2 ORDER BY row LIMIT $3
"""


async def failed_rows(database: Database, imported: Mapping[str, Any], path: Path) -> AsyncIterator[bytes]:
    """The list as CSV, some lines at a time. Nothing is kept open between them but the file."""
    layout = layout_of(imported)
    names = [name for name in dict.fromkeys((*layout.names, *layout.ignored)) if name not in REMARKS]
    yield csv_line([*names, *REMARKS])
    rows = rows_of(path, layout)
    last = 0
    while found := await _next(database, imported["id"], last):
        last = found[-1]["row"]
        yield await asyncio.to_thread(_lines, rows, names, {row["row"]: row for row in found}, last)


async def _next(database: Database, key: UUID, last: int) -> list[Row]:
    async with database.acquire() as connection:
        rows: list[Row] = await connection.fetch(_FAILED, key, last, _AT_ONCE)
        return rows


def _lines(rows: Iterator[RawRow], names: list[str], failed: Mapping[int, Row], last: int) -> bytes:
    lines = []
    for row in rows:
        if (why := failed.get(row.number)) is not None:
            cells = [_text(row.cells.get(name)) for name in names]
            lines.append(csv_line([*cells, why["problem"], why["detail"], str(row.number)]))
        if row.number >= last:
            break
    return b"".join(lines)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else orjson.dumps(value).decode()
