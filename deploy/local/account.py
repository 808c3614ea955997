"""The account that runs the embedded servers: PostgreSQL refuses to run as root."""

import os
import pwd
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

UNPRIVILEGED = "nobody"
"""Exists on every system and owns nothing."""


@dataclass(frozen=True, slots=True)
class Account:
    """A user of this machine. `drops` says whether a process must change from root to it."""

    uid: int
    gid: int

    @classmethod
    def current(cls) -> Self:
        return cls(os.geteuid(), os.getegid())

    @classmethod
    def for_data(cls, folder: Path) -> Self:
        """The owner of existing data, otherwise the caller, or `nobody` if the caller is root."""
        if os.geteuid() != 0:
            return cls.current()
        if folder.exists() and (found := folder.stat()).st_uid != 0:
            return cls(found.st_uid, found.st_gid)
        entry = pwd.getpwnam(UNPRIVILEGED)
        return cls(entry.pw_uid, entry.pw_gid)

    @property
    def drops(self) -> bool:
        return os.geteuid() == 0 and self.uid != 0

    def run(
        self, command: Sequence[str | Path], environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as this account, in `/`, without the caller's environment but with these variables."""
        return subprocess.run(  # noqa: S603
            [str(part) for part in command],
            user=self.uid if self.drops else None,
            group=self.gid if self.drops else None,
            extra_groups=[] if self.drops else None,
            cwd="/",
            umask=0o077,
            env={"LC_ALL": "C.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin", "TZ": "UTC", **(environment or {})},
            capture_output=True,
            text=True,
            check=False,
        )

    def can_enter(self, folder: Path) -> bool:
        """Whether this account can reach the folder through all its parents."""
        return self.run(["/bin/sh", "-c", 'cd "$1"', "sh", folder]).returncode == 0

    def own(self, path: Path) -> None:
        """Give a file or folder to this account."""
        if self.drops:
            os.chown(path, self.uid, self.gid)
