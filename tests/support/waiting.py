"""Waiting for a condition. A test asserts that it comes to hold, not how soon."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

PATIENCE = 300.0
"""Seconds after which a wait has failed: far more than a busy machine needs."""


async def eventually(check: Callable[[], Awaitable[Any]], within: float = PATIENCE, every: float = 0.05) -> Any:
    """The first true result of `check`, called every so many seconds. AssertionError with the last result after
    `within` seconds."""
    loop = asyncio.get_running_loop()
    end = loop.time() + within
    while not (found := await check()):
        assert loop.time() < end, f"not so within {within:.0f} s: {found!r}"
        await asyncio.sleep(every)
    return found
