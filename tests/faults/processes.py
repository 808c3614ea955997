"""Real processes that a test may kill, stop, resume and start again; nothing restarts them automatically."""

import asyncio
import os
import signal
import time
from contextlib import suppress
from pathlib import Path

from deploy.local.child import Child, Program


class Process:
    """One program. Its output goes to `<name>.log` in the given folder."""

    def __init__(self, program: Program, logs: Path) -> None:
        self._child = Child(program, logs)
        self.name = program.name
        self.stage = program.stage

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def is_running(self) -> bool:
        return self._child.running

    @property
    def state(self) -> str:
        """As the system reports it: `T` while it is stopped."""
        return Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0]

    async def start(self, within: float = 60.0) -> None:
        """Starts and waits until it is ready. Repeats a start that fails, as after a kill whose traces last."""
        until = time.monotonic() + within
        self._child.spawn()
        while time.monotonic() < until:
            await asyncio.sleep(0.05)
            if not self._child.running:
                await asyncio.sleep(0.2)
                self._child.spawn()
                continue
            with suppress(Exception):
                if await asyncio.wait_for(self._child.program.ready(), 2):
                    return
        raise AssertionError(f"{self.name} is not ready after {within:.0f} s:\n{self._child.log_tail()}")

    def kill(self) -> None:
        """Sends SIGKILL and waits for the end."""
        self._child.kill_session()

    def pause(self) -> None:
        """Sends SIGSTOP: the process remains and does nothing."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    async def stop(self, within: float = 10.0) -> None:
        """Sends its own signal to stop, SIGKILL after `within` seconds."""
        self._child.signal(self._child.program.stop_signal)
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._end()
        self._child.kill_session()

    async def _end(self) -> None:
        while self._child.running:  # noqa: ASYNC110 - a process sends no event when it ends
            await asyncio.sleep(0.02)

    @property
    def metrics(self) -> str:
        """The address of its metrics."""
        return f"http://127.0.0.1:{self._child.program.environment['ESCM_METRICS_PORT']}/metrics"

    def log(self) -> str:
        """All that it has logged."""
        return self._child.log.read_text(errors="replace")

    def log_tail(self, lines: int) -> str:
        return self._child.log_tail(lines)

    async def ensure(self) -> None:
        """Makes it run and ready, whatever its state."""
        if self.is_running:
            self.resume()
        else:
            await self.start()
