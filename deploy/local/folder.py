"""The folders of the local stack's state.

`.local/` holds the files for tools: `stack.json`, `log/`. It also holds the databases, the secrets, the record of
running processes and the lock; if the unprivileged account cannot reach it, these are in `/var/tmp/escm-<random>`,
which the pointer file `.local/data` names.
"""

import asyncio
import fcntl
import json
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

from deploy.local.account import Account
from deploy.local.errors import LocalStackError

PROJECT = Path(__file__).resolve().parents[2]
"""The clone, or the folder of the installed package."""
IS_INSTALLED = not (PROJECT / "pyproject.toml").exists()
WORKING = Path() if IS_INSTALLED else PROJECT
"""Where processes work and files go by default: the clone; for an installed package the current folder."""
DEFAULT = WORKING / ".local"
SET_UP = "install escm with its extra `local`" if IS_INSTALLED else "run `make setup`"
START = "`escm up`" if IS_INSTALLED else "`make run`"
REMOVE = "remove it" if IS_INSTALLED else "remove it with `make clean`"
"""What messages advise."""
FAR = Path("/var/tmp")  # noqa: S108 - survives a restart, unlike /tmp; the folder in it is private
FAR_PREFIX = "escm-"


class Folder:
    """The folders of one stack. Opening creates them; `hold` takes the lock."""

    def __init__(self, root: Path, data: Path, account: Account) -> None:
        self.root = root
        self.data = data
        self.account = account
        self.log = root / "log"
        self.stack_file = root / "stack.json"
        self.record_file = data / "processes.json"
        self._secrets_file = data / "secrets.json"
        self._lock: int | None = None

    @classmethod
    def open(cls, root: Path = DEFAULT, far: Path = FAR) -> Self:
        """Find or create the folders. Raises LocalStackError if the caller may not write there."""
        root = root.absolute()
        try:
            root.mkdir(mode=0o755, parents=True, exist_ok=True)
            (root / "log").mkdir(mode=0o700, exist_ok=True)
            data, account = _data(root, far)
            write_private(root / "log" / ".writable", "")
        except PermissionError as refused:
            raise LocalStackError(
                f"{refused.filename} belongs to another user: start as that user, or {REMOVE}"
            ) from refused
        return cls(root, data, account)

    async def hold(self, wait: float, report: Callable[[str], None] = lambda _: None) -> None:
        """Lock the data until this process ends. Waits up to `wait` seconds for a stack that is stopping."""
        descriptor = self._lock = os.open(self.data / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        until, reported = time.monotonic() + wait, False
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                holder = os.pread(descriptor, 32, 0).decode() or "unknown"
                if time.monotonic() > until:
                    raise LocalStackError(
                        f"a stack runs in {self.root} already (process {holder}): stop it with `kill {holder}`"
                    ) from None
                if not reported:
                    report(f"waits for the stack of process {holder} to stop")
                    reported = True
                await asyncio.sleep(0.2)
            else:
                os.ftruncate(descriptor, 0)
                os.pwrite(descriptor, str(os.getpid()).encode(), 0)
                return

    def release(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def secret(self, name: str) -> str:
        """A random secret of this data, created on first use and permanent."""
        known: dict[str, str] = {}
        if self._secrets_file.exists():
            known = json.loads(self._secrets_file.read_text())
        if name not in known:
            known[name] = secrets.token_urlsafe(32)
            write_private(self._secrets_file, json.dumps(known))
        return known[name]

    def copy_secrets(self, other: "Folder") -> None:
        """Take the secrets of another stack, whose data need them. Raises LocalStackError if it has none."""
        secrets_file = other.data / self._secrets_file.name
        if not secrets_file.exists():
            raise LocalStackError(f"{other.root} has no secrets of a local stack, which its data need")
        write_private(self._secrets_file, secrets_file.read_text())

    def remove(self) -> None:
        """Remove everything. The caller has made this folder, and nothing runs in it."""
        for folder in (self.data, self.root):
            shutil.rmtree(folder, ignore_errors=True)

    def write_stack(self, description: Mapping[str, Any]) -> None:
        write_private(self.stack_file, json.dumps(description, indent=2) + "\n")


def write_private(path: Path, text: str) -> None:
    """Write a file of mode 600 atomically: a reader sees the old text or the new."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    partial.rename(path)


def far_data(root: Path, far: Path = FAR) -> Path | None:
    """The data folder that the pointer names, or None. Refuses a pointer outside `far`."""
    pointer = root / "data"
    if not pointer.exists():
        return None
    named = Path(pointer.read_text().strip())
    if named.parent != far or not named.name.startswith(FAR_PREFIX) or named.is_symlink():
        raise LocalStackError(f"{pointer} names no data folder of this stack: remove it to start empty")
    return named


def _data(root: Path, far: Path) -> tuple[Path, Account]:
    named = far_data(root, far)
    if named is not None and named.is_dir():
        return named, Account.for_data(named)
    account = Account.for_data(root / "postgres")
    if not account.drops or account.can_enter(root):
        return root, account
    data = Path(tempfile.mkdtemp(prefix=FAR_PREFIX, dir=far))
    account.own(data)
    write_private(root / "data", f"{data}\n")
    return data, account
