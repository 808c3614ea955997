"""What a process tells others after a commit, over Valkey: best effort, the sender's side of wake-ups and notices."""

import asyncio
import os
from collections.abc import Callable, Collection
from types import TracebackType
from typing import Self
from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

from shared.messaging.notices import PRINCIPALS
from shared.messaging.wakeup import RELAY, channel

_GAP = 0.005
_AFTER_FAILURE = 0.5
_ERRORS = (RedisError, OSError, TimeoutError)


class Notifier:
    """Notifies the relay of a commit, and every process of the principals whose grants it changed. Calls of a process
    within 5 ms are one publish.

    Nothing depends on it: the relay polls as well, and caches of grants are bounded in time.
    """

    def __init__(self, redis_url: str) -> None:
        self._redis: Redis = Redis.from_url(redis_url, socket_timeout=1, socket_connect_timeout=1)
        self._wanted = False
        self._principals: set[UUID] = set()
        self._own_caches: list[Callable[[Collection[UUID]], None]] = []
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self.close()

    def notify(self, principals: Collection[UUID] = ()) -> None:
        """Returns at once and never raises. Must be called on the event loop's thread."""
        self._wanted = True
        if principals:
            self._principals.update(principals)
            for forget in self._own_caches:
                forget(principals)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._publish())

    def forgetting(self, forget: Callable[[Collection[UUID]], None]) -> None:
        """Adds a cache of this process, which forgets changed principals before anybody else hears of them."""
        self._own_caches.append(forget)

    async def ping(self) -> bool:
        """Whether Valkey responds."""
        try:
            return bool(await self._redis.ping())
        except _ERRORS:
            return False

    async def close(self) -> None:
        """Lets a publish under way finish and closes the connections."""
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)
        await self._redis.aclose()

    async def _publish(self) -> None:
        while self._wanted:
            self._wanted = False
            changed, self._principals = self._principals, set()
            try:
                if changed:
                    await self._redis.publish(PRINCIPALS, ",".join(map(str, changed)))
                await self._redis.publish(channel(RELAY), os.getpid())
            except _ERRORS:
                await asyncio.sleep(_AFTER_FAILURE)
                self._wanted = False
            else:
                await asyncio.sleep(_GAP)
