"""One supervised program and its present process."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path

from deploy.local.account import Account
from deploy.local.processes import Identity

_LAUNCHER = Path(__file__).with_name("launcher.py")
_LOG_LIMIT = 10 * 2**20


class Stage(IntEnum):
    """The order of stopping: dependent processes first."""

    APPS = 0
    WORKERS = 1
    RELAY = 2
    VALKEY = 3
    POSTGRES = 4


async def _at_once() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Program:
    """A program and the check that it works."""

    name: str
    command: Sequence[str]
    stage: Stage
    environment: Mapping[str, str]
    ready: Callable[[], Awaitable[bool]] = _at_once
    before_start: Callable[[], None] = lambda: None
    is_half_shut: Callable[[], bool] = lambda: False
    """Whether somebody else sent it a stop signal and it waits. The supervisor then ends and restarts it."""
    stop_signal: signal.Signals = signal.SIGTERM
    account: Account = field(default_factory=Account.current)
    folder: Path = Path("/")


def launched(command: Sequence[str], stop_signal: signal.Signals, account: Account) -> list[str]:
    """The command line by which a command runs under an account and gets the signal when this process ends."""
    launcher = (sys.executable, "-I", "-S", str(_LAUNCHER), str(os.getpid()), str(int(stop_signal)))
    return [*launcher, str(account.uid), str(account.gid), *command]


class Child:
    """The process of a program. It leads its own session, so that Ctrl-C in a terminal does not reach it."""

    def __init__(self, program: Program, log_folder: Path) -> None:
        self.program = program
        self.log = log_folder / f"{program.name}.log"
        self.started_at = 0.0
        self.deaths = 0
        self.was_ready = False
        self._process: subprocess.Popen[bytes] | None = None
        if self.log.exists() and self.log.stat().st_size > _LOG_LIMIT:
            self.log.rename(self.log.with_suffix(".log.1"))

    @property
    def pid(self) -> int:
        return 0 if self._process is None else self._process.pid

    @property
    def identity(self) -> Identity | None:
        return Identity.of(self.pid) if self.running else None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def ending(self) -> str:
        """How the last process ended, for a person."""
        code = None if self._process is None else self._process.returncode
        if code is None:
            return "runs"
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"ended with status {code}"

    def spawn(self) -> None:
        self.program.before_start()
        program = self.program
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603
                launched(program.command, program.stop_signal, program.account),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(self.program.environment),
                cwd=self.program.folder,
                umask=0o077,
                start_new_session=True,
            )
        self.started_at = time.monotonic()

    def signal(self, number: signal.Signals) -> None:
        """Sends a signal to the leader, and continues it if it was stopped."""
        if self._process is not None and self.running:
            self._process.send_signal(number)
            self._process.send_signal(signal.SIGCONT)

    def kill_session(self) -> None:
        """Sends SIGKILL to the leader and the rest of its process group."""
        if self._process is None:
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(1)

    def log_tail(self, lines: int = 15) -> str:
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
