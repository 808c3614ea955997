"""Clocks for tests: the time of day, and a clock that a test moves by hand."""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from types import ModuleType, SimpleNamespace
from typing import TypeAlias

import pytest

from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import UnitOfWork, unit_of_work
from shared.kernel import clock

Schedule: TypeAlias = Callable[[UnitOfWork], Awaitable[None]]


_ROUNDED = 1021.6
"""Thirty seconds after this instant, the difference between the two is less than thirty, since floats are rounded."""


class Clock:
    """Replaces the module `time`: both clocks are stopped until the test calls `advance`."""

    def __init__(self) -> None:
        self._time, self._monotonic = time.time(), _ROUNDED

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


class Calendar:
    """The clock of the services, as many days ahead as the test has let pass."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def pass_days(self, number: int = 1) -> None:
        """Lets days pass."""
        self._ahead += timedelta(days=number)

    def now(self) -> datetime:
        """The present instant of the services."""
        return datetime.now(UTC) + self._ahead


def calendar(monkeypatch: pytest.MonkeyPatch) -> Calendar:
    """A calendar for the rest of the test."""
    made = Calendar()
    monkeypatch.setattr(clock, "datetime", SimpleNamespace(now=lambda _zone: made.now()))
    return made


async def run_on(
    day: date, schedule: Schedule, database: Database, *, workers: int = 1, also: Sequence[ModuleType] = ()
) -> None:
    """Runs a schedule on a day, by several workers at the same time. The day is that of the schedule's module, and of
    those that `also` have it."""

    async def run() -> None:
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            await schedule(uow)

    with pytest.MonkeyPatch.context() as patch:
        for module in (sys.modules[schedule.__module__], *also):
            patch.setattr(module, "today", lambda: day)
        await asyncio.gather(*(run() for _ in range(workers)))


async def room_in(period: int, needed: int) -> None:
    """Waits for the next hour (3,600 seconds) or day (86,400) of UTC if less than `needed` seconds of this one are
    left."""
    left = period - time.time() % period
    if left < needed:
        await asyncio.sleep(left + 1)
