"""The media type of a file, from its content: a closed list of kinds, without macros and programs."""

import codecs
import re
import struct
import zipfile
import zlib
from typing import BinaryIO

from shared.kernel.errors import FieldError, Invalid

MOST_UNPACKED = 1 << 30
"""Bytes of all entries of an archive, as its directory declares them."""
MOST_ENTRIES = 10_000
_MOST_DIRECTORY = 2 << 20
"""Bytes of an archive's directory, which is read at once."""
_MOST_DECLARATION = 1 << 20
_BLOCK = 1 << 20
_SIGNATURES = (
    (re.compile(rb"%PDF-"), "application/pdf"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"II\*\0|MM\0\*"), "image/tiff"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp"),
)
_OOXML = "application/vnd.openxmlformats-officedocument."
_OOXML_MAIN = re.compile(
    rb'ContentType="application/vnd\.openxmlformats-officedocument\.'
    rb'(wordprocessingml\.document|spreadsheetml\.sheet|presentationml\.presentation)\.main\+xml"'
)
_OOXML_LIST, _ODF_TYPE = "[Content_Types].xml", "mimetype"
_ODF = frozenset(
    f"application/vnd.oasis.opendocument.{kind}" for kind in ("text", "spreadsheet", "presentation", "graphics")
)
_RUNS = re.compile(r"(^|/)(vbaProject|activeX|macrosheets|macros|Basic|Scripts)[/.]|\.(exe|dll|js|vbs)$", re.IGNORECASE)
"""Names of entries with macros and programs."""
_MARKUP = re.compile(rb"\s*(<|#!)")
_TEXTS = {"csv": "text/csv", "json": "application/json"}
_END, _END_64 = b"PK\x05\x06", b"PK\x06\x07"
_LONGEST_END = 22 + 0xFFFF
_LOCATOR_64 = 20


def media_type_of(file: BinaryIO, size: int, name: str) -> str:
    """The media type of a file of `size` bytes; `name` decides between kinds of text only.

    Raises Invalid `media_type_refused` for a kind that is not accepted, `archive_too_large` for an archive beyond the
    bounds.
    """
    parts = _entries(file, size)
    file.seek(0)
    head = file.read(64)
    for signature, media_type in _SIGNATURES:
        if signature.match(head):
            return media_type
    found = _of_archive(file, parts) if parts else _of_text(file, name)
    if found is None:
        raise refused("media_type_refused", "The content of the file is of no accepted kind.")
    return found


def _entries(file: BinaryIO, size: int) -> list[str]:
    """The names of an archive's entries; none if the file is no archive. Checks the size of its directory first."""
    start = max(0, size - _LONGEST_END - _LOCATOR_64)
    file.seek(start)
    tail = file.read()
    end = tail.rfind(_END)
    if end < 0 or len(tail) < end + 22:
        return []
    (directory,) = struct.unpack_from("<I", tail, end + 12)
    if directory > _MOST_DIRECTORY or tail[max(0, end - _LOCATOR_64) : end].startswith(_END_64):
        raise _too_large()
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError):
        return []
    if len(parts) > MOST_ENTRIES or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise _too_large()
    return [part.filename for part in parts]


def _of_archive(file: BinaryIO, names: list[str]) -> str | None:
    if any(_RUNS.search(name) for name in names):
        return None
    try:
        with zipfile.ZipFile(file) as archive:
            if _ODF_TYPE in names:
                kind = _declared(archive, _ODF_TYPE).decode("ascii")
                return kind if kind in _ODF else None
            declared = _declared(archive, _OOXML_LIST)
    except (KeyError, zipfile.BadZipFile, zlib.error, OSError, ValueError, RuntimeError, EOFError):
        return None
    mains = set(_OOXML_MAIN.findall(declared))
    if len(mains) != 1 or b"macroEnabled" in declared:
        return None
    return f"{_OOXML}{mains.pop().decode()}"


def _declared(archive: zipfile.ZipFile, name: str) -> bytes:
    """The beginning of an entry, within a bound. Raises KeyError if there is none."""
    with archive.open(name) as entry:
        return entry.read(_MOST_DECLARATION)


def _of_text(file: BinaryIO, name: str) -> str | None:
    """The kind of a text in UTF-8 that does not begin like markup or a script; None for anything else."""
    file.seek(0)
    if _MARKUP.match(file.read(_BLOCK).removeprefix(codecs.BOM_UTF8)):
        return None
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while block := file.read(_BLOCK):
            if 0 in block:
                return None
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return None
    return _TEXTS.get(name.rpartition(".")[2].lower(), "text/plain")


def _too_large() -> Invalid:
    return refused("archive_too_large", f"At most {MOST_UNPACKED >> 30} GiB unpacked and {MOST_ENTRIES:,} entries.")


def refused(code: str, detail: str, pointer: str = "/file") -> Invalid:
    """The error of a file that is not accepted."""
    return Invalid(detail, code=code, errors=[FieldError(code, detail, pointer=pointer)])
