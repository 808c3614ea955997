"""Sends files in blocks."""

from collections.abc import AsyncIterator, Mapping
from urllib.parse import quote

from fastapi import Response
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from shared.web.request.streams import Pace


def download(content: AsyncIterator[bytes], media: str, name: str, size: int | None = None) -> Response:
    """An attachment."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    if size is not None:
        headers["Content-Length"] = str(size)
    return StreamingResponse(content, 200, headers, media)


def attachment(name: str) -> str:
    """The `Content-Disposition` of a file with a name in any script (RFC 6266)."""
    plain = "".join(each if each.isascii() and each not in '"\\%' else "_" for each in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


class BlocksResponse(Response):
    """Blocks that are read while they are sent, as long as the client reads them. A failure before the first block is a
    problem; a later one ends the connection before the announced length."""

    def __init__(
        self, blocks: AsyncIterator[bytes], size: int, status: int, headers: Mapping[str, str], media: str
    ) -> None:
        super().__init__(None, status, {**headers, "Content-Length": str(size)}, media)
        self._blocks = blocks

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Alternately reads and sends."""
        pace, is_begun = Pace(send), False
        start = {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        async for block in self._blocks:
            if not is_begun:
                is_begun = True
                await pace.send(start)
            await pace.send({"type": "http.response.body", "body": block, "more_body": True})
        if not is_begun:
            await pace.send(start)
        await pace.send({"type": "http.response.body", "body": b"", "more_body": False})
