"""A reader that receives a response as slowly as a test needs."""

import asyncio
from typing import Any

import httpx


class Slow:
    """A client of the app itself that receives the response's parts one by one."""

    def __init__(self, service: httpx.AsyncClient, path: str, query: str, token: str = "secretariat") -> None:
        self.parts: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.reads = asyncio.Semaphore(0)
        scope = {
            "type": "http", "http_version": "1.1", "method": "GET", "path": path, "raw_path": path.encode(),
            "query_string": query.encode(), "headers": [(b"authorization", f"Bearer {token}".encode())], "state": {},
            "scheme": "http", "server": ("test", 80), "client": ("127.0.0.1", 1), "root_path": "",
        }  # fmt: skip
        app: Any = service._transport.app  # type: ignore[attr-defined]
        self.task = asyncio.create_task(app(scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        await asyncio.Event().wait()
        return {}

    async def _send(self, message: dict[str, Any]) -> None:
        await self.reads.acquire()
        self.parts.put_nowait(message)

    async def next(self) -> dict[str, Any]:
        self.reads.release()
        return await asyncio.wait_for(self.parts.get(), 5)

    async def rest(self) -> bytes:
        self.reads = asyncio.Semaphore(10_000)
        await asyncio.wait_for(self.task, 10)
        return b"".join(self.parts.get_nowait()["body"] for _ in range(self.parts.qsize()))
