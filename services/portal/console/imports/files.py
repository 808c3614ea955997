"""The file of an import: received, looked at, carried through the pages, and sent on to the API.

The portal stores no file. A small one goes from page to page in the form; a larger one is chosen again.
"""

import csv
import io
import zlib
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from secrets import token_hex

from services.portal.console.imports.kinds import ImportKind
from shared.bulk.layout import delimiter_of, field_of

LARGEST = 32 << 20
"""Bytes of a file at the console; larger ones are imported over the API."""
LARGEST_CARRIED = 1 << 20
"""Characters of a file, compressed, that a form carries."""
PREVIEWED = 10
_MOST_COLUMNS = 200
_LONGEST_CELL = 60


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file with its name and type."""

    name: str
    media: str
    content: bytes

    @property
    def carried(self) -> str:
        """The content for a field of a form; empty for one that is too large."""
        text = b64encode(zlib.compress(self.content, 6)).decode()
        return text if len(text) <= LARGEST_CARRIED else ""

    @classmethod
    def from_carried(cls, name: str, media: str, text: str) -> "SentFile | None":
        """The file of such a field; None for any other text."""
        try:
            unpacker = zlib.decompressobj()
            content = unpacker.decompress(b64decode(text, validate=True), LARGEST)
        except (ValueError, zlib.error):
            return None
        return None if unpacker.unconsumed_tail or not content else cls(name, media, content)


@dataclass(frozen=True, slots=True)
class Preview:
    """The columns of a file with the heading that each fills by its name, and its first rows."""

    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, ...], ...]


def preview_of(file: SentFile, kind: ImportKind) -> Preview | None:
    """What a file of CSV begins with; None for other files, which the API looks at itself."""
    if not file.name.lower().endswith((".csv", ".tsv", ".txt")):
        return None
    try:
        text = file.content.decode("utf-8-sig")
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


def as_form(fields: Mapping[str, str], file: SentFile) -> tuple[str, AsyncIterator[bytes]]:
    """The media type and the content of a form with a file (RFC 7578)."""
    boundary = token_hex(16)

    async def parts() -> AsyncIterator[bytes]:
        for name, value in fields.items():
            yield _head(boundary, f'name="{name}"') + value.encode() + b"\r\n"
        yield _head(boundary, f'name="file"; filename="{_plain(file.name)}"', _media(file.media))
        for start in range(0, len(file.content), 1 << 16):
            yield file.content[start : start + (1 << 16)]
        yield f"\r\n--{boundary}--\r\n".encode()

    return f"multipart/form-data; boundary={boundary}", parts()


def _head(boundary: str, disposition: str, media: str = "") -> bytes:
    typed = f"\r\nContent-Type: {media}" if media else ""
    return f"--{boundary}\r\nContent-Disposition: form-data; {disposition}{typed}\r\n\r\n".encode()


def _plain(name: str) -> str:
    return "".join(letter for letter in name if letter.isprintable() and letter not in '"\\')[:200] or "file"


def _media(media: str) -> str:
    plain = media.partition(";")[0].strip()
    return (
        plain if plain and all(letter.isalnum() or letter in "/.+-" for letter in plain) else "application/octet-stream"
    )
