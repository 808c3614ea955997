"""The connections of one role in this process: opened on demand, the most recently used first."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

import asyncpg

IDLE = 300.0
"""Seconds after which an unused connection is closed."""
_TO_CLOSE = 5.0


class Connections:
    """At most `size` connections. Callers without a free one wait in a queue. A connection passes to the next caller
    without a task, a timer or a statement."""

    def __init__(self, make: Callable[[], Awaitable[asyncpg.Connection]], size: int) -> None:
        self._make = make
        self._free_places = size
        self._idle: list[tuple[asyncpg.Connection, float]] = []
        self._all: set[asyncpg.Connection] = set()
        self._waiting: deque[asyncio.Future[asyncpg.Connection | None]] = deque()
        self._closing: set[asyncio.Task[None]] = set()
        self._sweep: asyncio.TimerHandle | None = None
        self._is_closed = False
        self._dropped = asyncio.Event()

    def take_idle(self) -> asyncpg.Connection | None:
        """An idle connection, if there is one."""
        while self._idle:
            connection, _ = self._idle.pop()
            if not connection.is_closed():
                return connection
            self._drop(connection)
        return None

    async def take(self, patience: float) -> asyncpg.Connection:
        """A connection, within `patience` seconds. Raises TimeoutError, and the errors of opening a connection."""
        async with asyncio.timeout(patience):
            if (connection := self.take_idle()) is not None:
                return connection
            if self._free_places > 0:
                self._free_places -= 1
                return await self._open()
            return await self._next_in_line() or await self._open()

    def give_back(self, connection: asyncpg.Connection) -> None:
        """Takes a connection back. A closed one, or one in a transaction, is not used again."""
        if connection.is_closed():
            self._drop(connection)
        elif self._is_closed or connection.is_in_transaction():
            connection.terminate()
            self._drop(connection)
        else:
            self._pass_on(connection)

    async def close(self) -> None:
        """Closes idle connections, and waits for those in use."""
        self._is_closed = True
        if self._sweep is not None:
            self._sweep.cancel()
        while (connection := self.take_idle()) is not None:
            self._close(connection)
        while self._all:
            self._dropped.clear()
            await self._dropped.wait()

    def terminate_idle(self) -> None:
        """Ends idle connections at once; the next callers open others."""
        for connection, _ in self._idle:
            connection.terminate()

    def terminate(self) -> None:
        """Ends all connections at once."""
        for connection in self._all:
            connection.terminate()

    async def _open(self) -> asyncpg.Connection:
        """Opens a connection in a reserved place."""
        try:
            if self._is_closed:
                raise asyncpg.InterfaceError("the connections of this process are closed")
            connection = await self._make()
        except BaseException:
            self._pass_on(None)
            raise
        self._all.add(connection)
        return connection

    async def _next_in_line(self) -> asyncpg.Connection | None:
        """A connection, or None for a free place to open one in."""
        waiter: asyncio.Future[asyncpg.Connection | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            return await waiter
        except BaseException:
            if waiter.done() and not waiter.cancelled():
                self._pass_on(waiter.result())
            elif waiter in self._waiting:
                self._waiting.remove(waiter)
            raise

    def _pass_on(self, connection: asyncpg.Connection | None) -> None:
        """Passes a connection, or its place, to the caller that has waited longest; stores it if no caller waits."""
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(connection)
                return
        if connection is None:
            self._free_places += 1
            return
        loop = asyncio.get_running_loop()
        self._idle.append((connection, loop.time()))
        if self._sweep is None:
            self._sweep = loop.call_later(IDLE, self._close_unused)

    def _drop(self, connection: asyncpg.Connection) -> None:
        self._all.discard(connection)
        self._dropped.set()
        self._pass_on(None)

    def _close_unused(self) -> None:
        now = asyncio.get_running_loop().time()
        while self._idle and self._idle[0][1] <= now - IDLE:
            self._close(self._idle.pop(0)[0])
        self._sweep = None
        if self._idle:
            self._sweep = asyncio.get_running_loop().call_at(self._idle[0][1] + IDLE, self._close_unused)

    def _close(self, connection: asyncpg.Connection) -> None:
        async def close() -> None:
            try:
                await connection.close(timeout=_TO_CLOSE)
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                connection.terminate()
            finally:
                self._drop(connection)

        task = asyncio.get_running_loop().create_task(close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)
