"""Files over HTTP: received and stored before the transaction opens, and sent in blocks."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from fastapi import Request, Response
from starlette.datastructures import UploadFile as FormFile
from starlette.responses import StreamingResponse

from shared.bulk.store import FileStore
from shared.web.admission import admitted
from shared.web.endpoint import Handler
from shared.web.route import EscmRoute


class UploadRoute(EscmRoute):
    """Receives and stores the file of a form before the transaction opens, once the caller is known."""

    async def received(self, file: FormFile, path: Path) -> None:
        """What is done with the stored file before the transaction opens."""

    def get_route_handler(self) -> Handler:
        """The handler that FastAPI calls."""
        handle = super().get_route_handler()

        async def receive(request: Request) -> Response:
            header = request.headers.get("authorization")
            if not header or not request.headers.get("content-type", "").startswith("multipart/form-data"):
                return await handle(request)
            await admitted(request)
            async with request.form(max_files=1, max_fields=20) as form:
                file = form.get("file")
                if isinstance(file, FormFile):
                    request.state.stored = await store_of(request).put(file.file)
                    await file.seek(0)
                    await self.received(file, store_of(request).path(request.state.stored.digest))
                return await handle(request)

        return receive if "POST" in (self.methods or ()) else handle


def store_of(request: Request) -> FileStore:
    """The store of the service's files."""
    return FileStore(request.app.state.settings.storage_path)


async def blocks_of(path: Path) -> AsyncIterator[bytes]:
    """The file's bytes, some at a time."""
    with path.open("rb") as file:
        while block := await asyncio.to_thread(file.read, 1 << 18):
            yield block


def download(content: AsyncIterator[bytes], media: str, name: str, size: int | None = None) -> Response:
    """An attachment."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    if size is not None:
        headers["Content-Length"] = str(size)
    return StreamingResponse(content, 200, headers, media)
