"""The new end of the feed: each process reads a new fact once, for all in it who wait for one."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from services.access.notifying.feed import queries
from services.access.notifying.feed.taking import NewFact
from shared.database.pool import Database
from shared.messaging.wakeup import FEED, POLL, WakeUp

MOST_WAITING = 200
"""Callers of one process who wait; a further one is answered at once."""
MOST_OF_ONE = 20
"""Those of one principal."""
_READ = 1_000
_GAP = 0.05
"""Minimum seconds between two reads."""


@dataclass(eq=False, slots=True)
class Follower:
    """Who follows the feed from a position. `woken` is set whenever there may be a new fact of `takes`; as long as
    there is none, `upto` moves on without a read."""

    takes: Callable[[NewFact], bool]
    upto: int = -1
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    def pass_over(self, facts: Sequence[NewFact], before: int, upto: int) -> None:
        """New facts between two positions."""
        taken = [self.takes(fact) for fact in facts]
        if any(taken):
            self.woken.set()
        elif self.upto >= before and not self.woken.is_set():
            self.upto = max(self.upto, upto)


class Tail:
    """Wakes its followers when the feed has something that they may take. The relay notifies it of new facts; without a
    notice it looks every `poll` seconds."""

    def __init__(self, database: Database, redis_url: str, *, poll: float = POLL) -> None:
        self._database = database
        self._redis_url = redis_url
        self._wakeup = WakeUp(FEED, poll=poll)
        self._followers: set[Follower] = set()
        self._waiting: Counter[str] = Counter()
        self._upto: int | None = None

    @contextmanager
    def follow(self, takes: Callable[[NewFact], bool]) -> Iterator[Follower]:
        """A follower for the block. Who follows first and reads then misses nothing."""
        follower = Follower(takes)
        self._followers.add(follower)
        try:
            yield follower
        finally:
            self._followers.discard(follower)

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
                self._wake_all()
            elif self._followers:
                await self._look()
            else:
                self._upto = None
            await asyncio.sleep(_GAP)

    async def _look(self) -> None:
        before = self._upto
        async with self._database.acquire() as connection:
            if before is None:
                self._upto = await queries.head(connection)
                self._wake_all()
                return
            facts, upto = await queries.newer(connection, before, _READ)
            is_older = not facts and await queries.head(connection) < before
        if len(facts) == _READ or is_older:
            self._upto = None
            self._wake_all()
            return
        self._upto = upto
        new = [NewFact.of(fact) for fact in facts]
        for follower in self._followers:
            follower.pass_over(new, before, upto)

    def _wake_all(self) -> None:
        for follower in self._followers:
            follower.woken.set()
