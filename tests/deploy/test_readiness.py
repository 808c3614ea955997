"""A process is ready when each of its addresses says 200."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from deploy.local.readiness import readiness_check


@asynccontextmanager
async def _serving(reply: Callable[[str], str]) -> AsyncIterator[str]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        said = (await reader.readuntil(b"\r\n\r\n")).decode()
        writer.write(reply(said.split()[1]).encode())
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_each_address_is_asked() -> None:
    def reply(path: str) -> str:
        return f"HTTP/1.1 {200 if path == '/livez' else 503} \r\n\r\n"

    async with _serving(reply) as base:
        assert await readiness_check([f"{base}/livez", f"{base}/livez"])()
        assert not await readiness_check([f"{base}/livez", f"{base}/readyz"])()


@pytest.mark.parametrize("said", ["", "HTTP/1.1 2", "SSH-2.0-OpenSSH_9.9\r\n"])
async def test_what_speaks_no_http_is_not_ready(said: str) -> None:
    async with _serving(lambda _path: said) as base:
        assert not await readiness_check([base])()


async def test_where_nobody_listens_is_an_error() -> None:
    async with _serving(lambda _path: "") as base:
        pass
    with pytest.raises(ConnectionRefusedError):
        await readiness_check([base])()
