"""Long work on many things, a few at a time, between which the event loop turns: what waits for Postgres goes on at
once, where a thread would keep it waiting for the interpreter's lock."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import TypeVar

Thing = TypeVar("Thing")
AT_ONCE = 100


async def in_turns(things: Sequence[Thing]) -> AsyncIterator[Thing]:
    """The things in their order; after every hundred the loop has a turn."""
    for start in range(0, len(things), AT_ONCE):
        for thing in things[start : start + AT_ONCE]:
            yield thing
        await asyncio.sleep(0)
