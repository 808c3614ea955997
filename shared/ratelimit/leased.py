"""Counts requests over all processes without a call to Valkey for each: processes lease parts of the limit ahead and
count within them.

A window opens with its first request. Leases come from one counter in Valkey that never exceeds the limit, and end with
the window, so never too many requests are allowed. Too few are allowed by the unused leases of other processes: a
process holds at most 1.5 leases of 1/500 of the limit, releases what was unused for a second, and leases single
requests if the limit is below 1,000. With two processes the error is within 0.3 %, with four within 0.9 %.
"""

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import Coroutine

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from shared.ratelimit.limiter import PATIENCE, Limit, RateLimitState
from shared.ratelimit.once import REST

log = structlog.get_logger(__name__)
_LEASES = 500
"""The number of leases in a limit."""
_IDLE = 1.0
"""Seconds after which unused leases are released, and for which a used-up limit is cached as such."""
_AWAY = (RedisError, OSError, TimeoutError)
_LEASE = """
local mended = 0
local kind = redis.call('TYPE', KEYS[1])['ok']
if kind ~= 'none' and (kind ~= 'string' or not string.match(redis.call('GET', KEYS[1]), '^%-?%d+$')) then
    redis.call('DEL', KEYS[1])
    mended = 1
end
local used = tonumber(redis.call('GET', KEYS[1]) or 0)
local granted = math.min(tonumber(ARGV[1]), tonumber(ARGV[2]) - used)
if granted > 0 or used > 0 then used = redis.call('INCRBY', KEYS[1], granted) end
if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
return {granted, used, redis.call('PTTL', KEYS[1]), mended}
"""
"""Deletes a key whose value is not a count; the window then starts again."""


class _Window:
    """The state of one limit and key in this process. `leased` requests are allowed until `closes` (monotonic)."""

    __slots__ = (
        *("closes", "counted", "flight", "leased", "is_here", "is_watched", "lease", "limit", "name", "spent_until"),
        *("touched", "unleased", "waiting"),
    )

    def __init__(self, limit: Limit, key: str) -> None:
        self.limit = limit
        self.name = f"escm:rate:{limit.name}:{limit.amount}:{limit.seconds}:{key}"
        self.lease = max(1, limit.amount // _LEASES)
        self.leased = self.counted = self.unleased = self.waiting = 0
        self.closes = self.spent_until = self.touched = 0.0
        self.flight: asyncio.Task[None] | None = None
        self.is_here = self.is_watched = False

    def close(self) -> None:
        """Drops the leases, which end with their window."""
        self.leased = self.counted = self.unleased = 0
        self.spent_until = 0.0

    def allow(self, now: float) -> RateLimitState:
        self.leased -= 1
        self.counted += 1
        self.touched = now
        return RateLimitState(True, self.unleased + self.leased, math.ceil(self.closes - now))

    def refuse(self, now: float) -> RateLimitState:
        return RateLimitState(False, 0, max(1, math.ceil(self.closes - now)))

    def extend(self, granted: int, used: int, closes: float) -> None:
        """Adds a lease from Valkey, for this window or a newer one."""
        if closes > self.closes + _IDLE:
            self.close()
        self.leased = granted if self.is_here else self.leased + granted
        self.is_here = False
        self.closes = closes
        self.unleased = self.limit.amount - used
        if not granted:
            self.spent_until = min(closes, time.monotonic() + _IDLE)

    def extend_here(self, now: float) -> None:
        """Without Valkey, this process gets the whole limit, minus the requests already counted in the open window."""
        if now >= self.closes:
            self.close()
            self.closes = now + self.limit.seconds
        self.is_here = True
        self.unleased = 0
        self.leased = self.limit.amount - self.counted
        if not self.leased:
            self.spent_until = min(self.closes, now + _IDLE)


class LeasedRateLimiter:
    """Counts requests by limit and key. One per process; stores the `bound` most recently used keys.

    Does not await while a lease lasts. Without Valkey it counts locally, and retries Valkey every few seconds.
    """

    def __init__(self, redis_url: str, *, bound: int = 8192) -> None:
        self._redis: Redis = Redis.from_url(redis_url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
        self._lease = self._redis.register_script(_LEASE)
        self._bound = bound
        self._windows: OrderedDict[tuple[str, str], _Window] = OrderedDict()
        self._rest_until = 0.0
        self._tasks: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Releases the leases and closes the connections."""
        for window in self._windows.values():
            self._release(window)
        await asyncio.gather(*self._tasks)
        await self._redis.aclose()

    async def take(self, limit: Limit, key: str) -> RateLimitState:
        """Counts one request, unless the limit is used up. Returns the remaining limit."""
        window = self._window(limit, key)
        while True:
            now = time.monotonic()
            if now >= window.closes:
                window.close()
            if window.is_here and now >= self._rest_until:
                window.leased = 0
            if window.leased > 0:
                if window.leased <= window.lease // 2:
                    self._refill(window)
                return window.allow(now)
            if now < window.spent_until:
                return window.refuse(now)
            window.waiting += 1
            try:
                await asyncio.shield(self._refill(window))
            finally:
                window.waiting -= 1

    def _window(self, limit: Limit, key: str) -> _Window:
        name = (limit.name, key)
        window = self._windows.get(name)
        if window is None:
            window = self._windows[name] = _Window(limit, key)
            if len(self._windows) > self._bound:
                self._release(self._windows.popitem(last=False)[1])
        else:
            self._windows.move_to_end(name)
        return window

    def _refill(self, window: _Window) -> asyncio.Task[None]:
        """The lease under way, or a new one."""
        if window.flight is None or window.flight.done():
            window.flight = self._begin(self._ask(window))
        return window.flight

    async def _ask(self, window: _Window) -> None:
        asked = time.monotonic()
        found = await self._counted(window, max(window.lease, window.waiting))
        if found is None:
            window.extend_here(time.monotonic())
            return
        granted, used, milliseconds = found
        window.extend(granted, used, asked + milliseconds / 1000)
        if not window.is_watched:
            window.is_watched = True
            asyncio.get_running_loop().call_later(_IDLE, self._check, window)

    async def _counted(self, window: _Window, wanted: int) -> tuple[int, int, int] | None:
        """The number that Valkey grants of `wanted`, the number then used, and the milliseconds left. None if Valkey is
        down."""
        if time.monotonic() < self._rest_until:
            return None
        try:
            limit = window.limit
            granted, used, left, mended = await self._lease([window.name], [wanted, limit.amount, limit.seconds * 1000])
        except _AWAY:
            self._rest_until = time.monotonic() + REST
            return None
        if mended:
            log.warning("key_mended", key=window.name)
        return granted, used, left

    def _check(self, window: _Window) -> None:
        window.is_watched = False
        if time.monotonic() - window.touched >= _IDLE:
            self._release(window)
        elif window.leased > 0:
            window.is_watched = True
            asyncio.get_running_loop().call_later(_IDLE, self._check, window)

    def _release(self, window: _Window) -> None:
        """Releases a window's leases, except in its last second: a late release would count for the next window."""
        leased = 0 if window.is_here else window.leased
        if leased > 0 and time.monotonic() < window.closes - _IDLE:
            window.leased = 0
            window.unleased += leased
            self._begin(self._returned(window, leased))

    async def _returned(self, window: _Window, leased: int) -> None:
        await self._counted(window, -leased)

    def _begin(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
