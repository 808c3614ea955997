"""A proxy before Valkey that records the commands."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

_COMMAND = re.compile(rb"\*\d+\r\n\$\d+\r\n([A-Za-z]+)\r\n")


class Recorder:
    """`url` is the address for clients. While `passes_replies` is not set, no reply is passed on."""

    def __init__(self) -> None:
        self.url = ""
        self.passes_replies = asyncio.Event()
        self.passes_replies.set()
        self._sent = b""

    @property
    def commands(self) -> list[str]:
        """The names of the commands so far, in their order on each connection."""
        return [name.decode().upper() for name in _COMMAND.findall(self._sent)]

    async def record(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            self._sent += data
            target.write(data)
        target.close()

    async def forward_replies(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            await self.passes_replies.wait()
            target.write(data)
        target.close()


@asynccontextmanager
async def recording(redis_url: str) -> AsyncIterator[Recorder]:
    """Passes everything on to the Valkey at this address while the block runs."""
    target, recorder = urlsplit(redis_url), Recorder()
    open_connections: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        open_connections.add(task)
        passes_replies, requests = await asyncio.open_connection(target.hostname, target.port)
        try:
            await asyncio.gather(recorder.record(reader, requests), recorder.forward_replies(passes_replies, writer))
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            for stream in (requests, writer):
                stream.close()
            await asyncio.gather(requests.wait_closed(), writer.wait_closed(), return_exceptions=True)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    recorder.url = target._replace(netloc=f"{target.netloc.rpartition('@')[0]}@127.0.0.1:{port}").geturl()
    try:
        yield recorder
    finally:
        server.close()
        for task in open_connections:
            task.cancel()
        await asyncio.gather(*open_connections, return_exceptions=True)
