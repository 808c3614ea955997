"""Files of evidence of every accepted kind, and their upload."""

import io
import struct
import zipfile
from pathlib import Path
from typing import Any

from httpx import Response

from services.actions.settings import ActionsSettings
from tests.support.callers import Caller

EVIDENCE = "/actions/v1/evidence"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
_MAIN = "application/vnd.openxmlformats-officedocument.{}.main+xml"
_CENTRAL = b"PK\x01\x02"


async def sent(
    by: Caller, content: bytes, name: str = "minutes.txt", declared: str = "text/plain", **fields: str
) -> Response:
    """The response to a file, about XA by default."""
    more: dict[str, Any] = {"headers": {"Idempotency-Key": fields.pop("key")}} if "key" in fields else {}
    form = {"title": "Minutes", "country": "XA", **fields}
    return await by.post(EVIDENCE, files={"file": (name, content, declared)}, data=form, **more)


async def evidence(by: Caller, content: bytes = b"Agreed.", **more: str) -> str:
    """The address of a new file."""
    response = await sent(by, content, **more)
    assert response.status_code == 201, response.text
    return str(response.json()["links"]["self"])


def stored(settings: ActionsSettings) -> dict[str, Path]:
    """The stored files by digest."""
    folder = settings.storage_path / "evidence"
    return {path.name: path for path in folder.rglob("*") if path.is_file()}


def archive(**entries: bytes) -> bytes:
    """An archive; `__` in a name is a slash."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries.items():
            made.writestr(name.replace("__", "/"), content)
    return target.getvalue()


def ooxml(kind: str = "wordprocessingml.document", more: str = "", **entries: bytes) -> bytes:
    """A document of an office suite, as far as its kind goes."""
    types = f'<Types><Override PartName="/main.xml" ContentType="{_MAIN.format(kind)}"/>{more}</Types>'
    return archive(**{"[Content_Types].xml": types.encode(), "main.xml": b"<main/>", **entries})


def odf(kind: str = "text", **entries: bytes) -> bytes:
    """A document in the OpenDocument format, as far as its kind goes."""
    return archive(mimetype=f"application/vnd.oasis.opendocument.{kind}".encode(), **entries)


def bomb() -> bytes:
    """An office document whose directory declares more than 1 GiB."""
    content = bytearray(ooxml())
    struct.pack_into("<I", content, content.index(_CENTRAL) + 24, (1 << 30) + 1)
    return bytes(content)
