"""Connects to the server that an address names, or to the primary among several."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import asyncpg

from shared.configuration.addresses import each_server

_APART = 0.2
"""Seconds after which the next server is tried while an earlier one has not answered."""


class ServerConnection(asyncpg.Connection):  # type: ignore[misc]
    """A connection that knows which server it is to."""

    __slots__ = ()

    @property
    def server(self) -> object:
        """Equal for connections to one server."""
        return self._addr

    async def executemany(self, command: str, args: Iterable[Sequence[Any]], **options: Any) -> None:
        """As asyncpg does it, but nothing for no rows: asyncpg would prepare the statement and not end it, and the
        server would count its time until it cancels what comes next."""
        if rows := list(args):
            await super().executemany(command, rows, **options)


_Attempt: TypeAlias = asyncio.Task[ServerConnection]


class Servers:
    """The servers of a database address. The one that was connected to last is tried first, so that a lost one delays
    only the first connection after it."""

    def __init__(self, dsn: str) -> None:
        self._addresses = each_server(dsn)

    async def connect(self, patience: float, **options: Any) -> ServerConnection:
        """A connection to the first server that answers and is what the address asks for. `options` are those of
        asyncpg. Raises TimeoutError after `patience` seconds, else the failure of the server that was tried first."""
        options |= {"timeout": patience, "connection_class": ServerConnection}
        if len(self._addresses) == 1:
            return await _connect_after(0, self._addresses[0], options)
        attempts = {
            asyncio.create_task(_connect_after(place * _APART, address, options)): address
            for place, address in enumerate(self._addresses)
        }
        chosen = None
        try:
            async with asyncio.timeout(patience):
                chosen = await _first_connected(list(attempts))
        finally:
            for attempt in attempts:
                if attempt is not chosen:
                    attempt.cancel()
                    attempt.add_done_callback(_terminate)
        self._addresses.sort(key=lambda address: address != attempts[chosen])
        return chosen.result()


async def connect(dsn: str, patience: float = 60.0, **options: Any) -> asyncpg.Connection:
    """One connection, for commands."""
    return await Servers(dsn).connect(patience, **options)


async def _connect_after(seconds: float, address: str, options: dict[str, Any]) -> ServerConnection:
    await asyncio.sleep(seconds)
    connection: ServerConnection = await asyncpg.connect(address, **options)
    return connection


async def _first_connected(attempts: list[_Attempt]) -> _Attempt:
    """The first that succeeds. Raises the failure of the first in the list if none does."""
    pending = set(attempts)
    while pending:
        done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        for attempt in done:
            if attempt.exception() is None:
                return attempt
    raise attempts[0].exception() or AssertionError


def _terminate(attempt: _Attempt) -> None:
    """Ends the connection of an attempt that nobody waits for."""
    if not attempt.cancelled() and attempt.exception() is None:
        attempt.result().terminate()
