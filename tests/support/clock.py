"""Clocks for tests: the time of day, and a clock that a test moves by hand."""

import asyncio
import time
from types import ModuleType

import pytest


class Clock:
    """Replaces the module `time`: both clocks are stopped until the test calls `advance`."""

    def __init__(self) -> None:
        self._time, self._monotonic = time.time(), time.monotonic()

    def time(self) -> float:
        """Unix seconds."""
        return self._time

    def monotonic(self) -> float:
        """Seconds since an arbitrary instant."""
        return self._monotonic

    def advance(self, seconds: float) -> None:
        """Moves both clocks forward."""
        self._time += seconds
        self._monotonic += seconds


def stopped_clock(monkeypatch: pytest.MonkeyPatch, *modules: ModuleType) -> Clock:
    """A clock for the modules that `import time`, for the rest of the test."""
    clock = Clock()
    for module in modules:
        monkeypatch.setattr(module, "time", clock)
    return clock


async def room_in(period: int, needed: int) -> None:
    """Waits for the next hour (3,600 seconds) or day (86,400) of UTC if less than `needed` seconds of this one are
    left."""
    left = period - time.time() % period
    if left < needed:
        await asyncio.sleep(left + 1)
