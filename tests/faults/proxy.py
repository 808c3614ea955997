"""A TCP proxy on loopback that causes faults of networks and dying servers."""

import asyncio
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from typing import Literal

HOST = "127.0.0.1"
_COMMIT = b"Q\x00\x00\x00\x0bCOMMIT\x00"
"""A simple query of PostgreSQL's protocol."""
_COMMITTED = b"COMMIT\x00"
"""In the message of the server that ends it; responses to earlier statements may come before."""
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class _Link:
    """One client's connection and its connection to the server. `sent` is since the last commit of the client."""

    def __init__(self, client: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self.writers = (client, server)
        self.received = 0
        self.sent = b""
        self.is_last_response = False

    def reset(self) -> None:
        """Ends both sides with a TCP reset."""
        for writer in self.writers:
            connection = writer.get_extra_info("socket")  # none once it is closed, from Python 3.13 on
            with suppress(OSError, ValueError):
                if connection is not None:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            writer.transport.abort()


class FaultProxy:
    """Passes bytes to a server on `target`, until a test injects a fault.

    `latency` seconds are added to each chunk; `cut_after` bytes from the server a connection is reset.
    """

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = 0
        self.latency = 0.0
        self.cut_after: int | None = None
        self.commits_cut = 0
        self._at_commit: tuple[Literal["before", "after"], Callable[[], None], bytes] | None = None
        self._then: Callable[[], None] = lambda: None
        self._server: asyncio.Server | None = None
        self._is_open = asyncio.Event()
        self._is_open.set()
        self._links: set[_Link] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listens; on the same port as before where it was closed."""
        self._server = await asyncio.start_server(self._accept, HOST, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def refuse(self) -> None:
        """Rejects new connections and resets the open ones."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self.reset()

    def swallow(self) -> None:
        """Passes nothing and closes nothing: a black hole. `heal` delivers what waits."""
        self._is_open.clear()

    def reset(self) -> None:
        for link in list(self._links):
            link.reset()

    def cut_commit(
        self, when: Literal["before", "after"], then: Callable[[], None] = lambda: None, *, of: bytes = b""
    ) -> None:
        """Cuts the next COMMIT, of a transaction that contains this text: before the server gets it, or after it was
        done and before its response arrives."""
        self._at_commit = (when, then, of)

    async def heal(self) -> None:
        """Passes everything again."""
        self.latency, self.cut_after, self._at_commit = 0.0, None, None
        self._is_open.set()
        if self._server is None:
            await self.start()

    async def stop(self) -> None:
        await self.refuse()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        link: _Link | None = None
        try:
            await self._is_open.wait()
            there_reader, there_writer = await asyncio.open_connection(HOST, self.target)
            link = _Link(writer, there_writer)
            self._links.add(link)
            await asyncio.gather(self._forth(link, reader, there_writer), self._back(link, there_reader, writer))
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            if link is None:
                writer.transport.abort()
            else:
                link.reset()
                self._links.discard(link)

    async def _forth(self, link: _Link, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await self._next(reader):
            link.sent += chunk
            is_end = _COMMIT in chunk
            if self._at_commit is not None and is_end and self._at_commit[2] in link.sent:
                when, then, _ = self._at_commit
                self._at_commit = None
                self.commits_cut += 1
                if when == "before":
                    then()
                    raise ConnectionAbortedError
                link.is_last_response = True
                self._then = then
            if is_end:
                link.sent = b""
            writer.write(chunk)
            await writer.drain()
        raise ConnectionResetError

    async def _back(self, link: _Link, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await self._next(reader):
            link.received += len(chunk)
            if link.is_last_response and _COMMITTED in chunk:
                self._then()
                raise ConnectionAbortedError
            if self.cut_after is not None and link.received > self.cut_after:
                raise ConnectionAbortedError
            writer.write(chunk)
            await writer.drain()
        raise ConnectionResetError

    async def _next(self, reader: asyncio.StreamReader) -> bytes:
        chunk = await reader.read(65536)
        if self.latency:
            await asyncio.sleep(self.latency)
        await self._is_open.wait()
        return chunk
