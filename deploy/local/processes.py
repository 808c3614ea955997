"""Identifies processes by pid and start time, because a pid may be reused."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_PROC = Path("/proc/self/stat")


@dataclass(frozen=True, slots=True)
class Identity:
    """A process: its pid and its start time, as the system reports it."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> Self | None:
        """The process with this pid, or None if none is alive (a zombie is not)."""
        started = _started(pid)
        return None if started is None else cls(pid, started)

    def alive(self) -> bool:
        return Identity.of(self.pid) == self

    def send(self, number: signal.Signals) -> None:
        if self.alive():
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def stop(self, gently: signal.Signals, seconds: float) -> None:
        """End the process: the gentle signal first, SIGKILL after `seconds`."""
        self.send(gently)
        self.send(signal.SIGCONT)
        if not self.gone_within(seconds):
            self.send(signal.SIGKILL)
            self.gone_within(seconds)

    def gone_within(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while self.alive():
            if time.monotonic() > until:
                return False
            time.sleep(0.02)
        return True


def command_line(pid: int) -> str:
    """The command line of a process, joined by spaces; empty if it cannot be read."""
    if _PROC.exists():
        with suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        return ""
    return _ps(pid, "command")


def _started(pid: int) -> str | None:
    if not _PROC.exists():
        return _ps(pid, "lstart") or None
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else fields[19]


def _ps(pid: int, column: str) -> str:
    found = subprocess.run(  # noqa: S603
        ["/bin/ps", "-o", f"{column}=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return found.stdout.strip()
