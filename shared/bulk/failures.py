"""The list of an import's failed rows: their original cells, then `problem`, `detail` and `row`."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from shared.bulk.formulas import escaped, unescaped, without_formulas
from shared.bulk.imports import layout_of
from shared.bulk.layout import REMARKS
from shared.bulk.reading import RawRow, rows_of
from shared.bulk.targets import cell_text, csv_line
from shared.database.pool import Database
from shared.database.statements import Row

_AT_ONCE = 2000
_FAILED = """
SELECT row, problem, detail FROM core_import_row
WHERE import = $1 AND problem IS NOT NULL AND row > $2 ORDER BY row LIMIT $3
"""


async def failed_rows(
    database: Database, imported: Mapping[str, Any], path: Path, *, safe: bool
) -> AsyncIterator[bytes]:
    """The list as CSV, in chunks of lines. Between chunks only the file stays open.

    With `safe` no cell is a formula. An import reads both forms back as it read the file itself.
    """
    layout = layout_of(imported)
    names = [name for name in dict.fromkeys((*layout.names, *layout.ignored)) if name not in REMARKS]
    show = _writer(layout.media, safe=safe)
    yield csv_line(without_formulas([*names, *REMARKS]) if safe else [*names, *REMARKS])
    rows = rows_of(path, layout)
    last = 0
    while found := await _next(database, imported["id"], last):
        last = found[-1]["row"]
        failed = {row["row"]: row for row in found}
        yield await asyncio.to_thread(_lines, rows, names, failed, last, show)


async def _next(database: Database, key: UUID, last: int) -> list[Row]:
    async with database.acquire() as connection:
        rows: list[Row] = await connection.fetch(_FAILED, key, last, _AT_ONCE)
        return rows


def _writer(media: str, *, safe: bool) -> Callable[[str], str]:
    """How to write a cell of the file. A CSV file's own apostrophes are not doubled. A cell of another format gets one
    if an import would otherwise remove the cell's own."""
    if media != "csv":
        return partial(escaped, safe=safe)
    return (lambda cell: escaped(unescaped(cell), safe=True)) if safe else str


def _lines(
    rows: Iterator[RawRow], names: list[str], failed: Mapping[int, Row], last: int, show: Callable[[str], str]
) -> bytes:
    lines = []
    for row in rows:
        if (why := failed.get(row.number)) is not None:
            cells = [show(cell_text(row.cells.get(name))) for name in names]
            lines.append(csv_line([*cells, why["problem"], why["detail"], str(row.number)]))
        if row.number >= last:
            break
    return b"".join(lines)
