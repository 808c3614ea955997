"""The new end of the feed: each process reads a new fact once, for all in it who wait for one."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager

from fastapi import FastAPI

from services.access.notifying.feed import queries
from shared.contracts.envelope import Fact
from shared.database.pool import Database
from shared.messaging.supervision import end, keep_running
from shared.messaging.wakeup import FEED, POLL, WakeUp

MOST_WAITING = 200
"""Callers of one process who wait; a further one is answered at once."""
MOST_OF_ONE = 20
"""Those of one principal."""
_READ = 1_000
_GAP = 0.05
"""Minimum seconds between two reads."""


class Tail:
    """Wakes its followers when the feed has something that they may take. The relay notifies it of new facts; without a
    notice it looks every `poll` seconds."""

    def __init__(self, database: Database, redis_url: str, *, poll: float = POLL) -> None:
        self._database = database
        self._redis_url = redis_url
        self._wakeup = WakeUp(FEED, poll=poll)
        self._followers: dict[asyncio.Event, Callable[[Fact], bool]] = {}
        self._waiting: Counter[str] = Counter()
        self._upto: int | None = None

    @contextmanager
    def follow(self, takes: Callable[[Fact], bool]) -> Iterator[asyncio.Event]:
        """An event that is set whenever there may be a new fact of these. Who follows first and reads then misses
        none."""
        woken = asyncio.Event()
        self._followers[woken] = takes
        try:
            yield woken
        finally:
            del self._followers[woken]

    @contextmanager
    def wait_as(self, principal: str) -> Iterator[bool]:
        """Whether the principal may wait for the block, since not too many wait."""
        may = self._waiting.total() < MOST_WAITING and self._waiting[principal] < MOST_OF_ONE
        self._waiting[principal] += may
        try:
            yield may
        finally:
            self._waiting[principal] -= may
            self._waiting += Counter()

    async def listen(self) -> None:
        """Receives the relay's notices."""
        await self._wakeup.listen(self._redis_url)

    async def run(self, is_stopping: Callable[[], bool] = lambda: False) -> None:
        """Wakes followers until it is cancelled; all of them once the process stops."""
        while True:
            await self._wakeup.wait()
            self._wakeup.is_poll_due()
            if is_stopping():
                self._wake(None)
            elif self._followers:
                await self._look()
            else:
                self._upto = None
            await asyncio.sleep(_GAP)

    async def _look(self) -> None:
        async with self._database.acquire() as connection:
            if self._upto is None:
                self._upto, facts = await queries.head(connection), None
            else:
                facts, upto = await queries.newer(connection, self._upto, _READ)
                self._upto = upto if len(facts) < _READ else None
        self._wake(facts if self._upto is not None else None)

    def _wake(self, facts: Sequence[Fact] | None) -> None:
        """Wakes those who may take one of these facts; everybody for None."""
        for woken, takes in self._followers.items():
            if facts is None or (not woken.is_set() and any(map(takes, facts))):
                woken.set()


@asynccontextmanager
async def feed_tail(app: FastAPI) -> AsyncIterator[None]:
    """Provides `app.state.feed_tail` while the app runs."""
    tail = app.state.feed_tail = Tail(app.state.database, app.state.settings.redis_url)
    readiness = app.state.readiness
    work = {"feed": lambda: tail.run(lambda: readiness.is_draining), "feed_notices": tail.listen}
    running = [asyncio.create_task(keep_running(name, each), name=name) for name, each in work.items()]
    try:
        yield
    finally:
        await end(running)
