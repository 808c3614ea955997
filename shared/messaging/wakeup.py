"""Wakes the relay and the workers when there is work: by a notification over Valkey, or by a slow poll.

A lost notification costs latency only, at most the time between two polls.
"""

import asyncio
import time
from collections.abc import Callable

from shared.messaging.notices import QUIET, received

RELAY = "relay"
"""The receiver of notifications of commits. A worker's receiver is named as its service."""
FEED = "feed"
"""The receiver of notifications that facts got positions."""
POLL = 1.0
"""Seconds between two polls while notifications arrive."""
_POLL_ALONE = 0.25
"""Seconds between two polls while Valkey is down."""
_RESOLUTION = 0.001
"""Precision of timers in seconds: one may end this much early."""


def channel(receiver: str) -> str:
    """The channel of a receiver's notifications."""
    return f"escm:wakeup:{receiver}"


class WakeUp:
    """The receiver's side. Its owner calls `wait`, then looks for work, and polls if `is_poll_due`.

    `poll` is the longest time in seconds between two polls; `clock` returns seconds; `quiet` is that of `received`.
    """

    def __init__(
        self,
        receiver: str,
        *,
        poll: float = POLL,
        quiet: float = QUIET,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.is_connected = False
        self._channel = channel(receiver)
        self._poll = poll
        self._quiet = quiet
        self._clock = clock
        self._next_poll = clock()
        self._notified = asyncio.Event()

    def notify(self) -> None:
        """Ends the present wait, or the next one."""
        self._notified.set()

    async def wait(self) -> None:
        """Returns when there was a notification since the last call, or a poll is due."""
        while not self._notified.is_set() and (left := self._next_poll - self._clock()) > 0:
            try:
                async with asyncio.timeout(max(left, _RESOLUTION)):
                    await self._notified.wait()
            except TimeoutError:
                pass
        self._notified.clear()

    def is_poll_due(self) -> bool:
        """Whether the caller must poll now. The next poll is due an interval later, regardless of notifications."""
        now = self._clock()
        if now < self._next_poll:
            return False
        self._next_poll = now + (self._poll if self.is_connected else min(self._poll, _POLL_ALONE))
        return True

    async def listen(self, redis_url: str) -> None:
        """Receives notifications until the connection fails, then raises; the caller starts it again.

        A poll is due as soon as it is subscribed, for earlier commits.
        """
        try:
            async for notice in received(redis_url, self._channel, quiet=self._quiet):
                if notice is None:
                    self.is_connected = True
                    self._next_poll = self._clock()
                self.notify()
        finally:
            self.is_connected = False
