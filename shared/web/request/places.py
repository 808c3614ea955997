"""Slots for long responses, shared between principals. A principal with a slot never gets the last one."""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.types import Scope

from shared.kernel.addresses import site_of
from shared.kernel.errors import Unavailable
from shared.kernel.principal import Principal

RETRY_AFTER = 5
"""Seconds after which a caller without a slot may try again."""
_NONE_FREE = "Too many long responses are open."


class Places:
    """The slots of one process. A principal uses at most `most_of_one`, and its second leaves one slot free.

    A principal without a slot waits `patience` seconds for one; free slots go to waiting principals in order of
    arrival.
    """

    def __init__(self, count: int, most_of_one: int, patience: float = 0.0) -> None:
        self._free = count
        self._most_of_one = most_of_one
        self._patience = patience
        self._occupied: Counter[str] = Counter()
        self._waiting: deque[tuple[str, asyncio.Future[None]]] = deque()

    @asynccontextmanager
    async def occupy(self, principal: str) -> AsyncIterator[None]:
        """A slot while the block runs. Raises Unavailable if none is free in time."""
        await self._take(principal)
        try:
            yield
        finally:
            self._release(principal)

    async def _take(self, principal: str) -> None:
        occupied = self._occupied[principal]
        if occupied >= self._most_of_one or (occupied and self._free < 2):
            raise Unavailable("You have too many streams open.", retry_after=RETRY_AFTER)
        if self._free and not self._waiting:
            self._give(principal)
            return
        if not self._patience or any(one == principal for one, _ in self._waiting):
            raise Unavailable(_NONE_FREE, retry_after=RETRY_AFTER)
        await self._wait(principal)

    async def _wait(self, principal: str) -> None:
        place = asyncio.get_running_loop().create_future()
        entry = principal, place
        self._waiting.append(entry)
        try:
            async with asyncio.timeout(self._patience):
                await place
        except (TimeoutError, asyncio.CancelledError) as error:
            if place.done() and not place.cancelled():
                self._release(principal)
            if isinstance(error, TimeoutError):
                raise Unavailable(_NONE_FREE, retry_after=RETRY_AFTER) from None
            raise
        finally:
            if entry in self._waiting:
                self._waiting.remove(entry)

    def _give(self, principal: str) -> None:
        self._free -= 1
        self._occupied[principal] += 1

    def _release(self, principal: str) -> None:
        self._free += 1
        self._occupied[principal] -= 1
        if not self._occupied[principal]:
            del self._occupied[principal]
        while self._free and self._waiting:
            waiting, place = self._waiting.popleft()
            if not place.done():
                self._give(waiting)
                place.set_result(None)


def holder_of(principal: Principal, scope: Scope) -> str:
    """The owner of a slot: the principal, a key's owner, and for anonymous callers the address."""
    if not principal.is_anonymous:
        return principal.owner_key
    client = scope.get("client")
    return site_of(client[0]) if client else ""
