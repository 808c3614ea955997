"""Long loops that yield to the event loop, so that tasks that wait for PostgreSQL continue at once. A thread would
delay them by the interpreter's lock."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import TypeVar

Thing = TypeVar("Thing")
AT_ONCE = 100


async def yield_to_loop(things: Sequence[Thing]) -> AsyncIterator[Thing]:
    """The things in their order; yields to the event loop after every hundred."""
    for start in range(0, len(things), AT_ONCE):
        for thing in things[start : start + AT_ONCE]:
            yield thing
        await asyncio.sleep(0)
