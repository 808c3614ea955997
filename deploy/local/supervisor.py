"""Starts programs, restarts them when they die, and stops them in order."""

import asyncio
import json
import logging
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import groupby
from pathlib import Path

from deploy.local.child import Child, Program, Stage
from deploy.local.errors import LocalStackError
from deploy.local.folder import write_private
from deploy.local.processes import Identity

log = logging.getLogger(__name__)

_POLL = 0.1
_FIRST_DELAY, _LONGEST_DELAY = 0.1, 5.0
_STEADY_AFTER = 20.0
"""Seconds of life after which a process that dies is restarted at once."""
_HOPELESS = 5
"""Consecutive deaths before a program is first ready after which its start has failed."""
_LEFTOVERS_STOP_WITHIN = 5.0
_STOPPED_BY = {Stage.APPS: 3.0, Stage.WORKERS: 5.0, Stage.RELAY: 6.0, Stage.VALKEY: 7.0, Stage.POSTGRES: 9.0}
"""Seconds after the beginning of a stop at which the rest of a stage is killed."""


class Supervisor:
    """Runs children until `stop`. Restarts those that die, with growing pauses.

    Records each start with pid and start time, so that `stop_leftovers` of a later supervisor finds the processes of a
    killed one.
    """

    def __init__(self, log_folder: Path, record_file: Path, on_change: Callable[[], None] = lambda: None) -> None:
        self.children: dict[str, Child] = {}
        self._log_folder = log_folder
        self._record_file = record_file
        self._on_change = on_change
        self._restarts: dict[str, asyncio.Task[None]] = {}
        self._watch: asyncio.Task[None] | None = None

    @property
    def pids(self) -> dict[str, int]:
        return {name: child.pid for name, child in self.children.items()}

    async def start(self, programs: Sequence[Program], within: float = 180.0) -> None:
        """Start the programs concurrently and wait until each is ready.

        Raises LocalStackError with the end of a program's log if it is not ready `within` seconds.
        """
        started = [Child(program, self._log_folder) for program in programs]
        for child in started:
            self.children[child.program.name] = child
            self._spawn(child)
        if self._watch is None:
            self._watch = asyncio.create_task(self._keep_running())
        waiting = [asyncio.create_task(self._until_ready(child, within)) for child in started]
        try:
            await asyncio.gather(*waiting)
        finally:
            for task in waiting:
                task.cancel()

    async def stop(self) -> None:
        """Stop everything, stage by stage, within ten seconds."""
        tasks = [task for task in (self._watch, *self._restarts.values()) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._watch, began = None, time.monotonic()
        by_stage = sorted(self.children.values(), key=lambda child: child.program.stage)
        for stage, children in groupby(by_stage, key=lambda child: child.program.stage):
            await stop_children(list(children), began + _STOPPED_BY[stage])
        self.children.clear()
        self._record_file.unlink(missing_ok=True)

    def _spawn(self, child: Child) -> None:
        child.spawn()
        self._record()
        self._on_change()

    def _record(self) -> None:
        running = {name: child.identity for name, child in self.children.items()}
        write_private(
            self._record_file,
            json.dumps(
                {
                    "folder": _mark(self._record_file.parent),
                    "processes": {n: [i.pid, i.started] for n, i in running.items() if i is not None},
                }
            ),
        )

    async def _keep_running(self) -> None:
        hurried: set[int] = set()
        while True:
            await asyncio.sleep(_POLL)
            for name, child in self.children.items():
                if name in self._restarts:
                    continue
                if not child.running:
                    self._restarts[name] = asyncio.create_task(self._restart(name, child))
                elif child.program.is_half_shut() and child.pid not in hurried:
                    hurried.add(child.pid)
                    log.warning("%s received a stop signal from elsewhere and waits: it is ended and restarted", name)
                    child.signal(child.program.stop_signal)

    async def _restart(self, name: str, child: Child) -> None:
        lived = time.monotonic() - child.started_at
        child.deaths = 0 if lived > _STEADY_AFTER else child.deaths + 1
        delay = min(_FIRST_DELAY * 2 ** max(child.deaths - 1, 0), _LONGEST_DELAY)
        log.warning("%s %s after %.1f s, starts again in %.1f s", name, child.ending, lived, delay)
        child.kill_session()
        try:
            await asyncio.sleep(delay)
            self._spawn(child)
        except OSError:
            log.exception("%s could not be started", name)
        finally:
            del self._restarts[name]

    async def _until_ready(self, child: Child, within: float) -> None:
        until = time.monotonic() + within
        while True:
            with suppress(Exception):
                if child.running and await asyncio.wait_for(child.program.ready(), 2):
                    child.was_ready = True
                    return
            hopeless = child.deaths >= _HOPELESS
            if hopeless or time.monotonic() > until:
                what = child.ending if hopeless else f"is not ready after {within:.0f} s"
                raise LocalStackError(f"{child.program.name} {what}; the end of {child.log}:\n{child.log_tail()}")
            await asyncio.sleep(0.05)


async def stop_children(children: Sequence[Child], until: float) -> None:
    """Stop them; kill those that still run at this time of the monotonic clock."""
    for child in children:
        child.signal(child.program.stop_signal)
    while time.monotonic() < until:
        if not any(child.running for child in children):
            break
        await asyncio.sleep(0.02)
    for child in children:
        if child.running:
            log.warning("%s did not stop in time and is killed", child.program.name)
        child.kill_session()


def _mark(folder: Path) -> list[int]:
    """Distinguishes a folder from a copy of it."""
    found = folder.stat()
    return [found.st_dev, found.st_ino]


def stop_leftovers(record_file: Path) -> list[str]:
    """Stop the processes of a killed supervisor and return their names. The caller holds the lock."""
    if not record_file.exists():
        return []
    record = json.loads(record_file.read_text())
    left: dict[str, Identity] = {}
    if record["folder"] == _mark(record_file.parent):
        named = {name: Identity(pid, started) for name, (pid, started) in record["processes"].items()}
        left = {name: identity for name, identity in named.items() if identity.alive()}
    for name, identity in left.items():
        identity.send(signal.SIGINT if name == "postgres" else signal.SIGTERM)
    until = time.monotonic() + _LEFTOVERS_STOP_WITHIN
    for identity in left.values():
        identity.stop(signal.SIGTERM, max(until - time.monotonic(), 0.5))
    record_file.unlink()
    return list(left)
