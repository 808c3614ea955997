"""Converts XLSX to a text file of the same rows, in a process with limited resources.

Untrusted input is bounded: first the sizes that the archive's directory declares, before anything is unpacked; then the
memory and the time of the process that reads it. Run as `python -m shared.bulk.spreadsheets`.
"""

import asyncio
import csv
import os
import resource
import sys
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from shared.bulk.layout import MOST_COLUMNS, MOST_ROWS, malformed
from shared.kernel.errors import RateLimited

MOST_PARTS = 1000
MOST_UNPACKED = 128 << 20
"""Bytes of all parts together, as the archive's directory declares them."""
MOST_RATIO = 100
"""Maximum compression ratio of a part above 1 MiB."""
_SMALL_PART = 1 << 20
MOST_DIGITS = 15
"""Significant digits that a spreadsheet keeps of a number."""
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


async def as_text(path: Path, media: str, sender: str = "") -> Path:
    """The file itself; for a workbook, its rows as CSV, stored next to it and created if missing.

    Reads one workbook at a time per `sender` and per process. Raises Invalid `malformed_file`, or RateLimited if others
    of the sender take too long.
    """
    if media != "xlsx":
        return path
    target = path.with_name(f"{path.name}.csv")
    if await asyncio.to_thread(target.exists):
        return target
    own = _OF_SENDER.setdefault(sender or str(path), asyncio.Lock())
    try:
        async with asyncio.timeout(_PATIENCE):
            await own.acquire()
    except TimeoutError:
        raise RateLimited("Another workbook of yours is being read. Try again later.", retry_after=10) from None
    try:
        async with _ALONE:
            if not await asyncio.to_thread(target.exists):
                await _unpack(path, target)
    finally:
        own.release()
    return target


async def _unpack(path: Path, target: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "shared.bulk.spreadsheets", str(path), str(target)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(_SECONDS):
            words, _ = await process.communicate()
    except TimeoutError:
        raise malformed("The workbook takes too long to read; send it as CSV.") from None
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode == _REFUSED:
        raise malformed(words.decode())
    if process.returncode:
        raise malformed("The workbook cannot be read within the bounds; send it as CSV.")


def check_archive(path: Path) -> None:
    """Checks the archive by its directory alone. Raises Refused."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError):
        raise Refused("The file is not XLSX.") from None
    if len(parts) > MOST_PARTS:
        raise Refused(f"At most {MOST_PARTS:,} parts in a workbook.")
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Refused(f"At most {MOST_UNPACKED >> 20} MiB unpacked; send it as CSV.")
    for part in parts:
        if part.file_size > _SMALL_PART and part.file_size > MOST_RATIO * max(part.compress_size, 1):
            raise Refused(f"A part of the workbook unpacks to more than {MOST_RATIO} times its size.")


def _rows(path: Path) -> Iterator[list[str]]:
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
    first = True
    for row in sheet.iter_rows():
        cells = [_text(cell) for cell in row]
        if first and any(cells):
            first = False
            yield [cell or f"column {number}" for number, cell in enumerate(cells, 1)]
        elif any(cells):
            yield cells


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


def _convert(source: Path, target: Path) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    os.nice(_NICE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    check_archive(source)
    new = target.with_name(f"{target.name}.new")
    try:
        with new.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(_rows(source))
        new.replace(target)
    finally:
        new.unlink(missing_ok=True)


if __name__ == "__main__":
    try:
        _convert(Path(sys.argv[1]), Path(sys.argv[2]))
    except Refused as refused:
        sys.stdout.write(str(refused))
        sys.exit(_REFUSED)
