"""What may be used once over all processes, remembered in Valkey, or per process while it is down.

Uses that come while a call is under way share the next one: a call takes longer here than in Valkey. Calls go one after
another over a connection of their own, since taking one from a pool costs more than the call.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Sequence
from typing import TypeAlias

from redis.asyncio import ConnectionPool
from redis.exceptions import ConnectionError as ConnectionLost
from redis.exceptions import RedisError

REST = 5.0
"""Seconds without calls to Valkey after it did not respond."""
_MOST_AT_ONCE = 200
_MOST_HERE = 100_000
"""Most uses that a process remembers while Valkey is down; the oldest are forgotten first."""
_AWAY = (RedisError, OSError, TimeoutError)
_Command: TypeAlias = tuple[str | int, ...]
_FIRST = """
local found = {}
for place, key in ipairs(KEYS) do
    found[place] = redis.call('SET', key, '', 'EX', ARGV[1], 'NX') and 1 or 0
end
return found
"""
"""One command for all keys: writing and reading each by itself costs this process more than Valkey."""


class OnceOnly:
    """Remembers keys for some seconds. One per process."""

    def __init__(self, redis_url: str, name: str, seconds: int, patience: float) -> None:
        self._connection = ConnectionPool.from_url(redis_url).make_connection()  # type: ignore[no-untyped-call]
        self._patience = patience
        self._prefix, self._seconds = f"escm:once:{name}:", seconds
        self._waiting: list[tuple[str, asyncio.Future[bool]]] = []
        self._flight: asyncio.Task[None] | None = None
        self._here: OrderedDict[str, float] = OrderedDict()
        self._rest_until = 0.0

    async def close(self) -> None:
        """Closes the connection."""
        await self._connection.disconnect(nowait=True)

    async def use(self, key: str) -> bool:
        """Remembers the key. False if it is known."""
        outcome: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((key, outcome))
        if self._flight is None:
            self._flight = asyncio.create_task(self._fly())
        return await outcome

    async def _fly(self) -> None:
        asked: list[tuple[str, asyncio.Future[bool]]] = []
        try:
            while self._waiting:
                asked, self._waiting = self._waiting[:_MOST_AT_ONCE], self._waiting[_MOST_AT_ONCE:]
                for (_, outcome), is_first in zip(asked, await self._first([key for key, _ in asked]), strict=True):
                    if not outcome.done():
                        outcome.set_result(is_first)
        finally:
            for _, outcome in (*asked, *self._waiting):
                outcome.cancel()
            self._flight, self._waiting = None, []

    async def _first(self, keys: Sequence[str]) -> list[bool]:
        """Whether each key is used for the first time."""
        if time.monotonic() >= self._rest_until:
            try:
                return await self._first_over_all(keys)
            except _AWAY:
                self._rest_until = time.monotonic() + REST
        return [self._first_here(key) for key in keys]

    async def _first_over_all(self, keys: Sequence[str]) -> list[bool]:
        command: _Command = ("EVAL", _FIRST, len(keys), *(self._prefix + key for key in keys), self._seconds)
        try:
            found = await self._asked(command)
        except ConnectionLost:  # Valkey had closed the connection
            found = await self._asked(command)
        return [bool(is_first) for is_first in found]

    async def _asked(self, command: _Command) -> list[int]:
        try:
            async with asyncio.timeout(self._patience):
                await self._connection.send_command(*command)
                found: list[int] = await self._connection.read_response()
        except BaseException:
            await self.close()  # a late response would be taken for that of the next call
            raise
        return found

    def _first_here(self, key: str) -> bool:
        at = time.monotonic()
        while self._here and (next(iter(self._here.values())) <= at or len(self._here) >= _MOST_HERE):
            self._here.popitem(last=False)
        if key in self._here:
            return False
        self._here[key] = at + self._seconds
        return True
