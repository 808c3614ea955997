"""Forms with files: received within bounds, and sent on to the API. The portal stores no file."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from secrets import token_hex
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from services.portal.console.frame.route import ConsoleRoute
from services.portal.console.session.guards import CurrentCaller, Form, taken
from services.portal.console.session.kept import LONGEST_PART, fields_of, files_of
from shared.configuration.settings import Settings
from shared.kernel.errors import RateLimited, TooLarge
from shared.web.contract.route_options import OptionsRouter

LARGEST = 32 << 20
"""Bytes of a file at the console; larger ones are sent over the API."""
UPLOAD_SECONDS = 300.0
_AT_ONCE = asyncio.Semaphore(4)
"""Forms with files that a process works on at once."""


class FileRoute(ConsoleRoute):
    """A route of a form that may have files."""

    def form_limit(self, _settings: Settings) -> int:
        """The files, and what a page carries of one."""
        return LARGEST + 2 * LONGEST_PART


def file_router() -> OptionsRouter:
    """A router for forms that may have files."""
    return OptionsRouter(route_class=FileRoute, include_in_schema=False)


async def sent_files(request: Request, caller: CurrentCaller) -> AsyncIterator[Form]:
    """The form of a page of this session with its files. Raises TooLarge, Malformed, FormNotOfSession, and RateLimited
    while other files are received."""
    fields, files = await fields_of(request), await files_of(request)
    if files and _AT_ONCE.locked():
        raise RateLimited("Several files are being received. Try again in a moment.", retry_after=5)
    try:
        async with _AT_ONCE if files else nullcontext():
            yield taken(request, caller, fields, files)
    finally:
        await request.close()


FileForm = Annotated[Form, Depends(sent_files)]


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file with its name and type."""

    name: str
    media: str
    content: bytes


async def read_file(file: UploadFile) -> SentFile | None:
    """A file of a form; None for an empty one. Raises TooLarge."""
    content = await file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise TooLarge(f"At most {LARGEST >> 20} MiB here; send larger files over the API.")
    return SentFile(file.filename or "file", file.content_type or "", content) if content else None


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
