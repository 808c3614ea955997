"""Limits how often something may happen in a minute, counted in Valkey over all processes, or locally while it is down.

Counts each event exactly, as logins need; `shared.ratelimit.leased` counts every request.
"""

import time
from dataclasses import dataclass

import structlog
from limits import RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.errors import StorageError
from redis.asyncio import ConnectionPool
from redis.exceptions import ResponseError

from shared.kernel.errors import RateLimited

PATIENCE = 0.25
"""Seconds within which Valkey must respond."""
REST = 5.0
"""Seconds without calls to Valkey after it did not respond."""
log = structlog.get_logger(__name__)
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

    async def close(self) -> None:
        """Closes the connections."""
        await self._pool.aclose()

    async def hit(self, limit: Limit, key: str) -> RateLimitState:
        """Counts one event, unless the limit is used up. Returns the remaining limit."""
        return await self._ask(limit, key, count=True)

    async def left(self, limit: Limit, key: str) -> RateLimitState:
        """The remaining limit, without counting."""
        return await self._ask(limit, key, count=False)

    async def require(self, limit: Limit, key: str) -> RateLimitState:
        """Counts one event. Raises RateLimited if the limit is used up."""
        state = await self.hit(limit, key)
        _refuse(limit, state)
        return state

    async def refuse_spent(self, limit: Limit, key: str) -> None:
        """Raises RateLimited if the limit is used up. Counts nothing."""
        _refuse(limit, await self.left(limit, key))

    async def _ask(self, limit: Limit, key: str, *, count: bool) -> RateLimitState:
        if time.monotonic() >= self._rest_until:
            try:
                return await self._shared_state(limit, key, count=count)
            except _AWAY:
                self._rest_until = time.monotonic() + REST
        return await _state(self._here, limit, key, count=count)

    async def _shared_state(self, limit: Limit, key: str, *, count: bool) -> RateLimitState:
        """The state over all processes. Deletes a key whose value is not a count."""
        try:
            return await _state(self._over_all, limit, key, count=count)
        except (StorageError, ValueError) as error:
            if isinstance(error, StorageError) and not isinstance(error.storage_error, ResponseError):
                raise
        log.warning("key_mended", limit=limit.name)
        await self._storage.clear(_item(limit).key_for(key))
        return await _state(self._over_all, limit, key, count=count)


def _item(limit: Limit) -> RateLimitItemPerSecond:
    return RateLimitItemPerSecond(limit.amount, limit.seconds, namespace=limit.name)


async def _state(limiter: FixedWindowRateLimiter, limit: Limit, key: str, *, count: bool) -> RateLimitState:
    item = _item(limit)
    is_allowed = await (limiter.hit(item, key) if count else limiter.test(item, key))
    stats = await limiter.get_window_stats(item, key)
    return RateLimitState(
        is_allowed, stats.remaining, max(1, min(limit.seconds, round(stats.reset_time - time.time())))
    )


def _refuse(limit: Limit, state: RateLimitState) -> None:
    if not state.is_allowed:
        fields = {name.decode(): value.decode() for name, value in limit.fields(state)}
        raise RateLimited("Too many requests. Try again later.", headers=fields, retry_after=state.resets_in)
