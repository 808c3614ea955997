"""Loops that survive failures of their dependencies, and the end of a process."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Collection, Iterator
from typing import NoReturn

import asyncpg
import structlog

from shared.database.pool import UNREACHABLE
from shared.kernel.errors import Unavailable
from shared.observability.logs import describe

log = structlog.get_logger(__name__)
_LONGEST_PAUSE = 2.0


def is_transient(error: BaseException) -> bool:
    """Whether the database was lost or unreachable, so that the work itself is not at fault."""
    if isinstance(error, Unavailable):
        return isinstance(error.__cause__, (*UNREACHABLE, asyncpg.InterfaceError))
    return isinstance(error, (*UNREACHABLE, asyncpg.InterfaceError)) and not isinstance(error, OSError)


def growing_pauses(first: float) -> Iterator[float]:
    """Seconds to wait after consecutive failures: doubled each time, at most two seconds."""
    wait = first
    while True:
        yield min(wait, _LONGEST_PAUSE)
        wait = min(wait * 2, _LONGEST_PAUSE)


async def keep_running(
    name: str,
    work: Callable[[], Awaitable[object]],
    *,
    pause: float = 0.2,
    until: Callable[[], bool] = lambda: False,
) -> None:
    """Restarts the work when it ends or fails, with growing pauses for immediate failures, until `until` is true."""
    loop = asyncio.get_running_loop()
    pauses = growing_pauses(pause)
    while True:
        began = loop.time()
        try:
            await work()
        except Exception as error:
            log.warning("interrupted", work=name, error=describe(error))
        if until():
            return
        if loop.time() - began > _LONGEST_PAUSE:
            pauses = growing_pauses(pause)
        await asyncio.sleep(next(pauses))


async def every(seconds: float, work: Callable[[], Awaitable[object]]) -> NoReturn:
    """Repeats the work with this pause. Its failures propagate."""
    while True:
        await work()
        await asyncio.sleep(seconds)


class TaskEnded(Exception):
    """A task that works until the stop has ended before it. The process ends, so that another takes its place."""


async def wait_for_stop(stop: asyncio.Event, tasks: Collection[asyncio.Task[None]]) -> None:
    """Waits until the stop. Raises TaskEnded if one of the tasks, which work until then, ends before it."""
    stopped = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait([stopped, *tasks], return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopped.cancel()
    if not stop.is_set():
        names = ", ".join(sorted(task.get_name() for task in tasks if task.done()))
        log.error("task_ended", work=names)
        raise TaskEnded(names)


async def end(tasks: Collection[asyncio.Task[None]]) -> None:
    """Cancels tasks until they have ended. Repeats because redis-py may swallow a cancellation that coincides with a
    timeout."""
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=0.2)


def stop_on_signals(stop: Callable[[], None]) -> None:
    """Calls `stop` on SIGTERM and SIGINT instead of ending the process."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
