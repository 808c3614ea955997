"""The file of an import: looked at, and carried through the pages.

The portal stores no file. A small one goes from page to page in the form; a larger one is chosen again.
"""

import asyncio
import csv
import io
import zlib
from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from services.portal.console.frame.files import LARGEST, SentFile
from services.portal.console.imports.kinds import ImportKind
from shared.bulk.layout import delimiter_of, field_of
from shared.bulk.spreadsheets import as_text
from shared.bulk.store import FileStore
from shared.kernel.errors import EscmError

LARGEST_CARRIED = 1 << 20
"""Characters of a file, compressed, that a form carries."""
PREVIEWED = 10
_MOST_COLUMNS = 200
_LONGEST_CELL = 60
_LONGEST_LINE = 1 << 16
_LARGEST_WORKBOOK = 1 << 20
"""Bytes of a workbook that the portal unpacks; a larger one is rehearsed by its headings."""


def carried(file: SentFile) -> str:
    """The content of a file for a field of a form; empty for one that is too large."""
    text = b64encode(zlib.compress(file.content, 6)).decode()
    return text if len(text) <= LARGEST_CARRIED else ""


def from_carried(name: str, media: str, text: str) -> SentFile | None:
    """The file of such a field; None for any other text."""
    try:
        unpacker = zlib.decompressobj()
        content = unpacker.decompress(b64decode(text, validate=True), LARGEST)
    except (ValueError, zlib.error):
        return None
    return None if unpacker.unconsumed_tail or not content else SentFile(name, media, content)


@dataclass(frozen=True, slots=True)
class Preview:
    """The columns of a file with the heading that each fills by its name, and its first rows."""

    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, ...], ...]


async def preview_of(file: SentFile, kind: ImportKind, sender: str) -> Preview | None:
    """What a file of CSV or XLSX begins with; None for other files, larger workbooks, and those that cannot be
    read, which the API looks at itself."""
    name = file.name.lower()
    if name.endswith((".csv", ".tsv", ".txt")):
        return _begun(file.content, kind)
    if not name.endswith(".xlsx") or len(file.content) > _LARGEST_WORKBOOK:
        return None
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "list.xlsx"
        await asyncio.to_thread(path.write_bytes, file.content)
        try:
            async with as_text(FileStore(Path(folder)), path, "xlsx", sender=sender) as text:
                return _begun(await asyncio.to_thread(_head_of, text), kind)
        except EscmError:
            return None


def _head_of(path: Path) -> bytes:
    """The first rows of a file, within bounds."""
    with path.open("rb") as opened:
        return b"".join(opened.readline(_LONGEST_LINE) for _ in range(PREVIEWED + 1))


def _begun(content: bytes, kind: ImportKind) -> Preview | None:
    try:
        text = content.decode("utf-8-sig")
        first = text.partition("\n")[0]
        reader = csv.reader(
            io.StringIO(text, newline=""), delimiter=delimiter_of(first, kind.headings, {}), strict=True
        )
        names = next(reader, [])[:_MOST_COLUMNS]
        rows = [row for row, _ in zip(reader, range(PREVIEWED), strict=False)]
    except (UnicodeDecodeError, csv.Error):
        return None
    columns = tuple((name, field_of(name, kind.headings, {}) or "") for name in names)
    shown = tuple(tuple(_short(cell) for cell in row[: len(names)]) for row in rows)
    return Preview(columns, shown) if any(names) else None


def _short(cell: str) -> str:
    return cell if len(cell) <= _LONGEST_CELL else f"{cell[:_LONGEST_CELL]}…"
