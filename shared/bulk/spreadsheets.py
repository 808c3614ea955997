"""Converts XLSX to a text file of the same rows, in a process with limited resources.

Untrusted input is bounded: first the sizes that the archive's directory declares, before anything is unpacked; then the
memory, the time and the text of the process that reads it. Run as `python -m shared.bulk.spreadsheets`.
"""

import asyncio
import csv
import errno
import json
import os
import resource
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple
from weakref import WeakValueDictionary

from shared.bulk.layout import MOST_COLUMNS, MOST_ROWS, field_of, malformed
from shared.bulk.store import FileStore
from shared.bulk.workbooks import MOST_DIGITS
from shared.kernel.archives import ArchiveBounds, ArchiveFault, archive_fault
from shared.kernel.children import reply_of
from shared.kernel.errors import RateLimited

_ARCHIVE = ArchiveBounds(parts=1_000, unpacked=128 << 20, ratio=100)
_OF_ARCHIVE: Mapping[ArchiveFault, str] = {
    "no_archive": "The file is not XLSX.",
    "parts": f"At most {_ARCHIVE.parts:,} parts in a workbook.",
    "unpacked": f"At most {_ARCHIVE.unpacked >> 20} MiB unpacked; send it as CSV.",
    "ratio": f"A part of the workbook unpacks to more than {_ARCHIVE.ratio} times its size.",
}
MOST_TEXT = 256 << 20
"""Bytes of the rows as CSV."""
_MEMORY = 768 << 20
_SECONDS = 60
_NICE = 10
_ALONE = asyncio.Semaphore(1)
_OF_SENDER: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
_PATIENCE = 30.0
"""Seconds for which a workbook waits for another one of its sender."""
_REFUSED = 3


class Refused(Exception):
    """The file is not a workbook of one plain sheet within the bounds. The text is for the sender."""


class Columns(NamedTuple):
    """The columns whose cells are read: those that fill a field (see `field_of`)."""

    known: Sequence[str]
    mapping: Mapping[str, str | None]


@asynccontextmanager
async def as_text(
    store: FileStore, path: Path, media: str, columns: Columns | None = None, sender: str = ""
) -> AsyncIterator[Path]:
    """The file itself; for a workbook, its rows as CSV, which is deleted after the context. The cells of other columns
    are empty; without `columns`, none are.

    Reads one workbook at a time per `sender` and per process. Raises Invalid `malformed_file`, or RateLimited if others
    of the sender take too long.
    """
    if media != "xlsx":
        yield path
        return
    own = _OF_SENDER.setdefault(sender or str(path), asyncio.Lock())
    with store.scratch() as folder:
        target = folder / "rows.csv"
        try:
            async with asyncio.timeout(_PATIENCE):
                await own.acquire()
        except TimeoutError:
            raise RateLimited("Another workbook of yours is being read. Try again later.", retry_after=10) from None
        try:
            async with _ALONE:
                await _unpack(path, target, columns)
        finally:
            own.release()
        yield target


async def _unpack(path: Path, target: Path, columns: Columns | None) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "shared.bulk.spreadsheets", str(path), str(target)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        words = await reply_of(process, json.dumps(columns).encode(), _SECONDS)
    except TimeoutError:
        raise malformed("The workbook takes too long to read; send it as CSV.") from None
    if process.returncode == _REFUSED:
        raise malformed(words.decode())
    if process.returncode:
        raise malformed("The workbook cannot be read within the bounds; send it as CSV.")


def check_archive(path: Path) -> None:
    """Checks the archive by its directory alone. Raises Refused."""
    if fault := archive_fault(path, _ARCHIVE):
        raise Refused(_OF_ARCHIVE[fault])


def _rows(path: Path, columns: Columns | None) -> Iterator[list[str]]:
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    try:
        workbook = CalamineWorkbook.from_path(str(path))
        shown = [
            sheet.name
            for sheet in workbook.sheets_metadata
            if sheet.typ is SheetTypeEnum.WorkSheet and sheet.visible is SheetVisibleEnum.Visible
        ]
        if len(shown) != 1:
            raise Refused(f"The workbook has {len(shown)} visible sheets; leave only one.")
        sheet = workbook.get_sheet_by_name(shown[0])
    except CalamineError:
        raise Refused("The workbook is broken or locked.") from None
    if sheet.width > MOST_COLUMNS:
        raise Refused(f"At most {MOST_COLUMNS} columns.")
    if sheet.height > MOST_ROWS + 1:
        raise Refused(f"At most {MOST_ROWS:,} rows; divide the file.")
    first, is_read = True, list[bool]()
    for row in sheet.iter_rows():
        cells = [_text(cell) for cell in row]
        if first and any(cells):
            first = False
            yield (names := [cell or f"column {number}" for number, cell in enumerate(cells, 1)])
            is_read = [columns is None or field_of(name, *columns) is not None for name in names]
        elif any(cells):
            yield [cell if kept else "" for cell, kept in zip(cells, is_read, strict=True)]


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        return _number(cell)
    if isinstance(cell, (datetime, date, time)):
        return cell.isoformat()
    return str(cell).replace("\0", "")


def _number(cell: float) -> str:
    """The shortest decimal text of the number. One of more digits than a spreadsheet keeps may have lost some: it keeps
    its exponent, so that it is no decimal number to any reader."""
    number = Decimal(repr(cell))
    if len(number.normalize().as_tuple().digits) > MOST_DIGITS:
        return f"{number:e}"
    return str(int(cell)) if cell.is_integer() else format(number, "f")


def _convert(source: Path, target: Path, columns: Columns | None) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    os.nice(_NICE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_TEXT, MOST_TEXT))
    check_archive(source)
    try:
        with target.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(_rows(source, columns))
    except OSError as error:
        if error.errno != errno.EFBIG:
            raise
        raise Refused(f"At most {MOST_TEXT >> 20} MiB of text in the columns that are read; divide the file.") from None


if __name__ == "__main__":
    try:
        asked = json.load(sys.stdin)
        _convert(Path(sys.argv[1]), Path(sys.argv[2]), asked and Columns(*asked))
    except Refused as refused:
        sys.stdout.write(str(refused))
        sys.exit(_REFUSED)
