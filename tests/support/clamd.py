"""A clamd over a real socket, as far as `INSTREAM` goes: it finds the EICAR test file."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
_COMMAND = b"zINSTREAM\0"


@dataclass
class Clamd:
    """What it listens on, and what it does: `limit` is the most bytes of a stream, `reply` replaces every response.
    While it is down, it ends every connection at once; without `goes_on` none gets a response."""

    address: str = ""
    limit: int = 16 << 20
    reply: bytes = b""
    is_down: bool = False
    goes_on: asyncio.Event = field(default_factory=asyncio.Event)
    connections: int = 0
    sizes: list[int] = field(default_factory=list)
    """The bytes of the streams that it has read whole."""

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections += 1
        await self.goes_on.wait()
        if not self.is_down:
            writer.write((self.reply or await self._response(reader)) + b"\0")
            await writer.drain()
            while await reader.read(1 << 16):
                """Reads the rest: a reset connection might lose the response."""
        writer.close()

    async def _response(self, reader: asyncio.StreamReader) -> bytes:
        assert await reader.readexactly(len(_COMMAND)) == _COMMAND
        content = b""
        while length := int.from_bytes(await reader.readexactly(4), "big"):
            if len(content) + length > self.limit:
                return b"INSTREAM size limit exceeded. ERROR"
            content += await reader.readexactly(length)
        self.sizes.append(len(content))
        return b"stream: Eicar-Signature FOUND" if EICAR in content else b"stream: OK"


@asynccontextmanager
async def clamd(path: str = "") -> AsyncIterator[Clamd]:
    """A listening one: on the Unix socket at `path`, or on a port of the loopback."""
    found = Clamd()
    found.goes_on.set()
    server: Any
    if path:
        server, found.address = await asyncio.start_unix_server(found.handle, path), f"unix:{path}"
    else:
        server = await asyncio.start_server(found.handle, "127.0.0.1", 0)
        found.address = "tcp:{}:{}".format(*server.sockets[0].getsockname())
    async with server:
        yield found
