"""Limits how often something may happen in a minute, counted in Valkey over all processes, or locally while it is down.

Counts each event exactly, as logins need; `shared.ratelimit.leased` counts every request.
"""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import structlog
from limits import RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.errors import StorageError
from redis.asyncio import ConnectionPool
from redis.exceptions import ResponseError

from shared.kernel.errors import RateLimited
from shared.ratelimit.once import REST, OnceOnly

PATIENCE = 0.25
"""Seconds within which Valkey must respond."""
log = structlog.get_logger(__name__)
T = TypeVar("T")
_AWAY = (StorageError, OSError, TimeoutError)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `amount` in `seconds`. The window opens with the first event and is counted exactly."""

    name: str
    amount: int
    seconds: int = 60

    def fields(self, state: "RateLimitState") -> list[tuple[bytes, bytes]]:
        """`RateLimit-Policy` and `RateLimit` of a response, as structured fields (RFC 9651)."""
        return [
            (b"ratelimit-policy", f'"{self.name}";q={self.amount};w={self.seconds}'.encode()),
            (b"ratelimit", f'"{self.name}";r={state.remaining};t={state.resets_in}'.encode()),
        ]


@dataclass(frozen=True, slots=True)
class RateLimitState:
    """The rest of a limit: `remaining` events until the window closes in `resets_in` seconds."""

    is_allowed: bool
    remaining: int
    resets_in: int


_Question: TypeAlias = Callable[[FixedWindowRateLimiter, Limit, str], Awaitable[T]]


class RateLimiter:
    """Counts events by limit and key. One per process."""

    def __init__(self, redis_url: str) -> None:
        self._pool = ConnectionPool.from_url(redis_url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
        self._storage = RedisStorage(
            f"async+{redis_url}",
            wrap_exceptions=True,
            implementation="redispy",
            key_prefix="escm:limit",
            connection_pool=self._pool,  # type: ignore[arg-type]
        )
        self._over_all = FixedWindowRateLimiter(self._storage)
        self._here = FixedWindowRateLimiter(MemoryStorage())
        self._rest_until = 0.0

    def once(self, name: str, seconds: int) -> OnceOnly:
        """What may be used once in so many seconds, over the same connections."""
        return OnceOnly(self._pool, name, seconds)

    async def close(self) -> None:
        """Closes the connections."""
        await self._pool.aclose()

    async def hit(self, limit: Limit, key: str) -> bool:
        """Counts one event. False if the limit is used up."""
        return await self._ask(_hit, limit, key)

    async def left(self, limit: Limit, key: str) -> RateLimitState:
        """The remaining limit, without counting."""
        return await self._ask(_left, limit, key)

    async def require(self, limit: Limit, key: str) -> None:
        """Counts one event. Raises RateLimited if the limit is used up."""
        if not await self.hit(limit, key):
            raise _refusal(limit, await self.left(limit, key))

    async def refuse_spent(self, limit: Limit, key: str) -> None:
        """Raises RateLimited if the limit is used up. Counts nothing."""
        if not await self._ask(_has_rest, limit, key):
            raise _refusal(limit, await self.left(limit, key))

    async def _ask(self, question: _Question[T], limit: Limit, key: str) -> T:
        if time.monotonic() >= self._rest_until:
            try:
                return await self._ask_all(question, limit, key)
            except _AWAY:
                self._rest_until = time.monotonic() + REST
        return await question(self._here, limit, key)

    async def _ask_all(self, question: _Question[T], limit: Limit, key: str) -> T:
        """The result over all processes. Deletes a key whose value is not a count."""
        try:
            return await question(self._over_all, limit, key)
        except (StorageError, ValueError) as error:
            if isinstance(error, StorageError) and not isinstance(error.storage_error, ResponseError):
                raise
        log.warning("key_mended", limit=limit.name)
        await self._storage.clear(_item(limit).key_for(key))
        return await question(self._over_all, limit, key)


def _item(limit: Limit) -> RateLimitItemPerSecond:
    return RateLimitItemPerSecond(limit.amount, limit.seconds, namespace=limit.name)


async def _hit(limiter: FixedWindowRateLimiter, limit: Limit, key: str) -> bool:
    return await limiter.hit(_item(limit), key)


async def _has_rest(limiter: FixedWindowRateLimiter, limit: Limit, key: str) -> bool:
    return await limiter.test(_item(limit), key)


async def _left(limiter: FixedWindowRateLimiter, limit: Limit, key: str) -> RateLimitState:
    stats = await limiter.get_window_stats(_item(limit), key)
    resets_in = max(1, min(limit.seconds, round(stats.reset_time - time.time())))
    return RateLimitState(stats.remaining > 0, stats.remaining, resets_in)


def _refusal(limit: Limit, state: RateLimitState) -> RateLimited:
    fields = {name.decode(): value.decode() for name, value in limit.fields(state)}
    return RateLimited("Too many requests. Try again later.", headers=fields, retry_after=state.resets_in)
