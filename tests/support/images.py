"""Small images with metadata, for tests."""

import base64
import struct
import zlib

SECRET = b"A. Photographer, 52.5 N 13.4 E"
_GREY = (
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////"
    "////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA="
)


def chunk(kind: bytes, body: bytes) -> bytes:
    """A part of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int = 4, height: int = 3, *more: bytes) -> bytes:
    """A PNG of one colour that says who made it. `more` are parts before its end."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress((b"\0" + b"\x20\x60\x50" * width) * height))
    about = chunk(b"tEXt", b"Author\0" + SECRET)
    return b"".join((b"\x89PNG\r\n\x1a\n", head, about, body, *more, chunk(b"IEND", b"")))


def jpeg() -> bytes:
    """A JPEG of one pixel that says who made it and where."""
    content = base64.b64decode(_GREY)
    about = b"Exif\0\0" + SECRET
    return content[:2] + b"\xff\xe1" + struct.pack(">H", len(about) + 2) + about + content[2:] + b"\xff\xd9"
