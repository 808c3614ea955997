"""A client of clamd, which scans files for viruses.

    scanner = Scanner("tcp:clamd:3310")
    await scanner.scan(store.blocks(digest))

It sends a file by `INSTREAM`. clamd must be set to `AlertExceedsMax yes`: otherwise it finds nothing in the parts of a
file that it does not read.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from enum import StrEnum

from shared.kernel.errors import Unavailable

_SECONDS = 300
_LONGEST_REPLY = 4096
_LIMIT = ("INSTREAM size limit exceeded", "Heuristics.Limits.Exceeded")


class Finding(StrEnum):
    """What a scan found. `too_large`: not everything was read."""

    CLEAN = "clean"
    INFECTED = "infected"
    TOO_LARGE = "too_large"


class ScanFailed(Exception):
    """clamd cannot scan this file; others it can."""


class Scanner:
    """The clamd at `tcp:host:port` or `unix:/path`. Each file has a connection and at most five minutes."""

    def __init__(self, address: str) -> None:
        self._kind, _, self._place = address.partition(":")

    async def scan(self, blocks: AsyncIterator[bytes]) -> Finding:
        """What is found in a file. Raises ScanFailed, and Unavailable if clamd does not respond."""
        try:
            async with asyncio.timeout(_SECONDS):
                reader, writer = await self._connect()
                response = asyncio.ensure_future(reader.readuntil(b"\0"))
                try:
                    with suppress(ConnectionError):
                        await _send(writer, blocks, response)
                    reply = await response
                finally:
                    response.cancel()
                    writer.close()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as failure:
            raise Unavailable("The scanner does not respond.") from failure
        return _finding(reply.rstrip(b"\0").decode(errors="replace"))

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._kind == "unix":
            return await asyncio.open_unix_connection(self._place, limit=_LONGEST_REPLY)
        host, _, port = self._place.rpartition(":")
        return await asyncio.open_connection(host, int(port), limit=_LONGEST_REPLY)


async def _send(writer: asyncio.StreamWriter, blocks: AsyncIterator[bytes], response: "asyncio.Future[bytes]") -> None:
    """Sends the file until there is a response, which comes early if the file is too large: then clamd ends the
    connection. An empty block would be the end of the file."""
    writer.write(b"zINSTREAM\0")
    async for block in blocks:
        await asyncio.sleep(0)
        if response.done():
            return
        if block:
            writer.write(len(block).to_bytes(4, "big") + block)
            await writer.drain()
    writer.write(bytes(4))
    await writer.drain()


def _finding(reply: str) -> Finding:
    if any(limit in reply for limit in _LIMIT):
        return Finding.TOO_LARGE
    if reply.endswith(" FOUND"):
        return Finding.INFECTED
    if reply.endswith(": OK"):
        return Finding.CLEAN
    raise ScanFailed(reply)
