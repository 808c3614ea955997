"""Sends files in blocks."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from fastapi import Response
from starlette.responses import StreamingResponse


async def blocks_of(path: Path) -> AsyncIterator[bytes]:
    """The file's bytes, in blocks."""
    with path.open("rb") as file:
        while block := await asyncio.to_thread(file.read, 1 << 18):
            yield block


def download(content: AsyncIterator[bytes], media: str, name: str, size: int | None = None) -> Response:
    """An attachment."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    if size is not None:
        headers["Content-Length"] = str(size)
    return StreamingResponse(content, 200, headers, media)
