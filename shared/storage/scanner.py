"""A client of clamd, which scans files for viruses.

    scanner = Scanner("tcp:clamd:3310")
    await scanner.scan(store.blocks(digest))

It sends a file by `INSTREAM`. clamd must be set to `AlertExceedsMax yes`: otherwise it finds nothing in the parts of a
file that it does not read.
"""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from enum import StrEnum
from functools import partial
from typing import Any

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
                with await self._connect() as connection:
                    reply = await _exchange(connection, blocks)
        except (OSError, TimeoutError) as failure:
            raise Unavailable("The scanner does not respond.") from failure
        return _finding(reply.rstrip(b"\0").decode(errors="replace"))

    async def _connect(self) -> socket.socket:
        if self._kind == "unix":
            return await _connected(socket.AF_UNIX, self._place)
        host, _, port = self._place.rpartition(":")
        failure = OSError("The scanner has no address.")
        for family, *_, address in await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM):
            try:
                return await _connected(family, address)
            except OSError as error:
                failure = error
        raise failure


async def _connected(family: int, address: Any) -> socket.socket:
    connection = socket.socket(family, socket.SOCK_STREAM)
    connection.setblocking(False)
    try:
        await asyncio.get_running_loop().sock_connect(connection, address)
    except BaseException:
        connection.close()
        raise
    return connection


async def _exchange(connection: socket.socket, blocks: AsyncIterator[bytes]) -> bytes:
    """The reply, which comes early if the file is too large: then clamd ends the connection. It can be read after a
    write has failed, which a stream of asyncio does not do."""
    reply = asyncio.ensure_future(_reply(connection))
    try:
        with suppress(ConnectionError):
            await _send(connection, blocks, reply)
        return await reply
    finally:
        reply.cancel()
        await asyncio.gather(reply, return_exceptions=True)


async def _reply(connection: socket.socket) -> bytes:
    found = b""
    while not found.endswith(b"\0"):
        block = await asyncio.get_running_loop().sock_recv(connection, _LONGEST_REPLY)
        found += block
        if not block or len(found) > _LONGEST_REPLY:
            raise ConnectionResetError("The scanner ended the connection, or its reply has no end.")
    return found


async def _send(connection: socket.socket, blocks: AsyncIterator[bytes], reply: "asyncio.Future[bytes]") -> None:
    """Sends the file until there is a reply. An empty block would be the end of the file."""
    send = partial(asyncio.get_running_loop().sock_sendall, connection)
    await send(b"zINSTREAM\0")
    async for block in blocks:
        await asyncio.sleep(0)
        if reply.done():
            return
        if block:
            await send(len(block).to_bytes(4, "big") + block)
    await send(bytes(4))


def _finding(reply: str) -> Finding:
    if any(limit in reply for limit in _LIMIT):
        return Finding.TOO_LARGE
    if reply.endswith(" FOUND"):
        return Finding.INFECTED
    if reply.endswith(": OK"):
        return Finding.CLEAN
    raise ScanFailed(reply)
