"""How often somebody asks, counted over all processes without asking Valkey each time: processes lease parts of the
budget ahead and count within them.

A window opens with its first request. Leases come out of one counter in Valkey that never passes the limit, and end
with the window, so that never more are allowed. Fewer are allowed by what other processes have leased and do not use: a
process holds at most 1.5 leases of 1/500 of the limit, gives back what lay unused for a second, and leases one by one
where the limit is below 1,000. Two processes are right within 0.3 %, four within 0.9 %.
"""

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import Coroutine

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from shared.ratelimit.limiter import PATIENCE, REST, Limit, RateLimitState

log = structlog.get_logger(__name__)
_LEASES = 500
"""Of so many leases a limit consists."""
_IDLE = 1.0
"""Seconds after which unused leases are given back, and for which a spent limit is believed to be spent."""
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
"""A key that holds anything but a count is deleted: the window begins anew."""


class _Window:
    """What this process knows of one limit and key. `leased` requests may be allowed until `closes` (monotonic)."""

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
        """What was leased ends with its window."""
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
        """A lease of Valkey's, in this window or in one that has opened since."""
        if closes > self.closes + _IDLE:
            self.close()
        self.leased = granted if self.is_here else self.leased + granted
        self.is_here = False
        self.closes = closes
        self.unleased = self.limit.amount - used
        if not granted:
            self.spent_until = min(closes, time.monotonic() + _IDLE)

    def extend_here(self, now: float) -> None:
        """Without Valkey the whole limit is this process's own, less what it has counted in the open window."""
        if now >= self.closes:
            self.close()
            self.closes = now + self.limit.seconds
        self.is_here = True
        self.unleased = 0
        self.leased = self.limit.amount - self.counted
        if not self.leased:
            self.spent_until = min(self.closes, now + _IDLE)


class LeasedRateLimiter:
    """Counts requests by limit and key. One per process; remembers the `bound` keys that asked last.

    While a lease lasts nothing is awaited. Without Valkey it counts here alone, and looks for it every few seconds.
    """

    def __init__(self, redis_url: str, *, bound: int = 8192) -> None:
        self._redis: Redis = Redis.from_url(redis_url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
        self._lease = self._redis.register_script(_LEASE)
        self._bound = bound
        self._windows: OrderedDict[tuple[str, str], _Window] = OrderedDict()
        self._rest_until = 0.0
        self._tasks: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Releases what is leased, and closes the connections."""
        for window in self._windows.values():
            self._release(window)
        await asyncio.gather(*self._tasks)
        await self._redis.aclose()

    async def take(self, limit: Limit, key: str) -> RateLimitState:
        """Counts one request, unless the limit is spent; what is left of it then."""
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
        """The lease that is being requested; a new one where there is none."""
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
        """What Valkey grants of `wanted`, how much is then used, and the milliseconds left. None while it is away."""
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
        """Not in a window's last second: what arrived after its end would be given to the next."""
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
