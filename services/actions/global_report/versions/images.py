"""Images of manuscripts: PNG and JPEG, without what does not show, such as who took a photograph and where. Each is set
once by the program that sets it in builds, in a process of its own."""

import struct
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from shared.printing.document import Document, Unprintable
from shared.printing.printer import LayoutFault, Printer

MOST_IMAGES = 20
"""Most images of a version."""
MOST_BYTES = 5 << 20
MOST_PIXELS = 12_000_000
MOST_TOGETHER = 16 << 20
"""Bytes of the images of a version."""
PNG, JPEG = "image/png", "image/jpeg"
_ENDINGS = {PNG: "png", JPEG: "jpg"}
_PNG = b"\x89PNG\r\n\x1a\n"
_KEPT_CHUNKS = frozenset((b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"sRGB"))
_JPEG = b"\xff\xd8"
_FRAMES = frozenset((0xC0, 0xC1, 0xC2))
"""The frames that every reader knows: baseline, extended and progressive."""
_SCAN, _END, _ADOBE = 0xDA, 0xD9, 0xEE
_KEPT_SEGMENTS = frozenset((*_FRAMES, 0xC4, 0xDB, 0xDD, _SCAN, 0xE0, _ADOBE))
_IN_SCAN = frozenset((0x00, *range(0xD0, 0xD8)))
"""What follows 0xFF within the data of a scan."""

_LAYOUT = Path(__file__).parent / "layouts" / "image.typ"
_AT = datetime(2000, 1, 1, tzinfo=UTC)
_MEMORY = 1 << 30
_TOO_MANY = f"the images of a version have at most {MOST_TOGETHER >> 20} MiB"


class Unusable(Exception):
    """The file is no image that the report prints. The sentence says why."""


@dataclass(frozen=True)
class Image:
    """An image with its size in pixels."""

    content: bytes
    media_type: str
    width: int
    height: int

    @cached_property
    def sha256(self) -> str:
        return sha256(self.content).hexdigest()

    @property
    def name(self) -> str:
        """The name of its file, by its digest."""
        return f"image-{self.sha256[:32]}.{_ENDINGS[self.media_type]}"


async def usable(files: Mapping[str, bytes]) -> dict[str, Image | str]:
    """The images in files by their addresses; for one that is not printed, why."""
    found: dict[str, Image | str] = {}
    if not files:
        return found
    with tempfile.TemporaryDirectory() as named:
        folder = Path(named)
        (folder / _LAYOUT.name).write_bytes(_LAYOUT.read_bytes())
        async with Printer(folder, memory=_MEMORY) as printer:
            for address, content in files.items():
                together = sum(len(one.content) for one in found.values() if isinstance(one, Image))
                is_more = together + len(content) > MOST_TOGETHER
                found[address] = _TOO_MANY if is_more else await _set(printer, folder, content)
    return found


async def _set(printer: Printer, folder: Path, content: bytes) -> Image | str:
    try:
        image = image_of(content)
        (folder / image.name).write_bytes(image.content)
        await printer.pdf(Document(_LAYOUT.name, {"file": image.name}, _AT, standard="ua-1"))
    except Unusable as error:
        return str(error)
    except (LayoutFault, Unprintable):
        return "it is damaged"
    return image


def image_of(content: bytes) -> Image:
    """The image in a file without its metadata. Raises Unusable for anything else, and beyond the bounds."""
    if len(content) > MOST_BYTES:
        raise Unusable(f"it has more than {MOST_BYTES >> 20} MiB")
    try:
        found = _png(content) if content.startswith(_PNG) else _jpeg(content)
    except (struct.error, IndexError, ValueError):
        raise Unusable("it is damaged") from None
    if not 0 < found.width * found.height <= MOST_PIXELS:
        raise Unusable(f"it has more than {MOST_PIXELS // 1_000_000} million pixels")
    return found


def _png(content: bytes) -> Image:
    kept = [(kind, body) for kind, body in _chunks(content) if kind in _KEPT_CHUNKS]
    if not kept or kept[0][0] != b"IHDR" or kept[-1][0] != b"IEND":
        raise Unusable("it is damaged")
    width, height = struct.unpack(">II", kept[0][1][:8])
    parts = [struct.pack(">I", len(body)) + kind + body + _check(kind, body) for kind, body in kept]
    return Image(_PNG + b"".join(parts), PNG, width, height)


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_PNG)
    while at < len(content):
        (size,) = struct.unpack_from(">I", content, at)
        kind, body = content[at + 4 : at + 8], content[at + 8 : at + 8 + size]
        if content[at + 8 + size : at + 12 + size] != _check(kind, body):
            raise Unusable("it is damaged")
        yield kind, body
        if kind == b"IEND":
            return
        at += 12 + size


def _check(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", zlib.crc32(kind + body))


def _jpeg(content: bytes) -> Image:
    if not content.startswith(_JPEG):
        raise Unusable("it is neither PNG nor JPEG")
    parts, size, at = [_JPEG], (0, 0), len(_JPEG)
    while (marker := content[at + 1]) != _END:
        if content[at] != 0xFF:
            raise Unusable("it is damaged")
        (length,) = struct.unpack_from(">H", content, at + 2)
        end = at + 2 + length
        if marker in _FRAMES:
            size, colours = struct.unpack_from(">HH", content, at + 5), content[at + 9]
            if colours not in (1, 3):
                raise Unusable("its colours are those of a printing press: save it as RGB")
        if marker == _SCAN:
            end = _end_of_scan(content, end)
        if marker in _KEPT_SEGMENTS:
            parts.append(content[at:end])
        at = end
    height, width = size
    return Image(b"".join((*parts, bytes((0xFF, _END)))), JPEG, width, height)


def _end_of_scan(content: bytes, at: int) -> int:
    """Where the data of a scan end that begin at a place."""
    while (at := content.index(b"\xff", at)) + 1 < len(content):
        if content[at + 1] not in _IN_SCAN:
            return at
        at += 2
    raise Unusable("it is damaged")
