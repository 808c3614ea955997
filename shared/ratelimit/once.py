"""What may be used once over all processes, remembered in Valkey, or per process while it is down.

Uses that come while a call is under way share the next one: a call takes longer here than in Valkey.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Sequence

from redis.asyncio import ConnectionPool, Redis
from redis.exceptions import RedisError

REST = 5.0
"""Seconds without calls to Valkey after it did not respond."""
_MOST_AT_ONCE = 200
_MOST_HERE = 100_000
"""Most uses that a process remembers while Valkey is down; the oldest are forgotten first."""
_AWAY = (RedisError, OSError, TimeoutError)
_FIRST = (
    "local found = {} for place, key in ipairs(KEYS) do found[place] ="
    " redis.call('SET', key, '', 'EX', ARGV[1], 'NX') and 1 or 0 end return found"
)
"""One command for all keys: writing and reading each by itself costs this process more than Valkey."""


class OnceOnly:
    """Remembers keys for some seconds. One per process."""

    def __init__(self, pool: ConnectionPool, name: str, seconds: int) -> None:
        self._first_of_all = Redis(connection_pool=pool).register_script(_FIRST)
        self._prefix, self._seconds = f"escm:once:{name}:", seconds
        self._waiting: list[tuple[str, asyncio.Future[bool]]] = []
        self._flight: asyncio.Task[None] | None = None
        self._here: OrderedDict[str, float] = OrderedDict()
        self._rest_until = 0.0

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
        found = await self._first_of_all([self._prefix + key for key in keys], [self._seconds])
        return list(map(bool, found))

    def _first_here(self, key: str) -> bool:
        at = time.monotonic()
        while self._here and (next(iter(self._here.values())) <= at or len(self._here) >= _MOST_HERE):
            self._here.popitem(last=False)
        if key in self._here:
            return False
        self._here[key] = at + self._seconds
        return True
