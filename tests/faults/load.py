"""Clients that keep creating experts during a fault."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.faults.clients import Client
from tests.faults.history import History


class Writers:
    """`count` clients, each creating one expert after the other, `pause` seconds apart; every attempt is in the
    history.

    With `retry` an attempt with an unknown outcome is repeated under the same key until the outcome is known.
    """

    def __init__(self, history: History, clients: list[Client], pause: float = 0.02, retry: bool = False) -> None:
        self._history = history
        self._clients = clients
        self._pause = pause
        self._retry = retry
        self._is_ended = False

    async def write(self, number: int) -> None:
        attempt = 0
        while not self._is_ended:
            attempt += 1
            mark = f"{self._history.prefix}{number}-{attempt}"
            client = self._clients[attempt % len(self._clients)]
            while await self._history.attempt(mark, client.create(mark, key=mark)) == "unknown" and self._retry:
                if self._is_ended:
                    return
                await asyncio.sleep(0.1)
            await asyncio.sleep(self._pause)

    def end(self) -> None:
        self._is_ended = True


@asynccontextmanager
async def writing(
    history: History, clients: list[Client], count: int = 4, pause: float = 0.02, retry: bool = False
) -> AsyncIterator[None]:
    """Writes while the block runs; at its end every request has a response or has failed."""
    writers = Writers(history, clients, pause, retry)
    tasks = [asyncio.create_task(writers.write(number)) for number in range(count)]
    try:
        yield
    finally:
        writers.end()
        await asyncio.gather(*tasks)
