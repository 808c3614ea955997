"""The time of day, for tests of what changes with it."""

import asyncio
import time


async def room_in(period: int, needed: int) -> None:
    """Waits for the next hour (3,600 seconds) or day (86,400) of UTC where this one has fewer seconds left than a test
    needs."""
    left = period - time.time() % period
    if left < needed:
        await asyncio.sleep(left + 1)
