"""The archive of the embedded PostgreSQL: its WAL and base backups, from which data of any second are restored.

`wal/` has each segment, compressed. `base/` has a copy of the data for each base backup, by the time of its end.
"""

import shlex
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from deploy.local.account import Account
from deploy.local.binaries import Binaries
from deploy.local.errors import LocalStackError

_NAME = "%Y%m%dT%H%M%SZ"
_SEGMENT_SECONDS = 60
"""After which a segment with changes is archived though it is not full: what is lost with the disk, at most."""


class Archive:
    """An archive in `folder`, which `account` writes, since its server does."""

    def __init__(self, folder: Path, account: Account) -> None:
        self._wal = folder.absolute() / "wal"
        self._base = folder.absolute() / "base"
        self._account = account

    def create(self) -> None:
        """Make the folders that are missing. Raises LocalStackError if the account cannot reach them."""
        for folder in (self._wal, self._base):
            folder.parent.mkdir(parents=True, exist_ok=True)
            if not folder.exists():
                folder.mkdir(mode=0o700)
                self._account.own(folder)
            if not self._account.can_enter(folder):
                raise LocalStackError(f"uid {self._account.uid}, which runs PostgreSQL, cannot reach {folder}")

    @property
    def settings(self) -> dict[str, str]:
        """Settings of a server that archives. A segment is there completely or not at all, and is never overwritten."""
        kept, partial = f"{self._quoted}/%f.gz", f"{self._quoted}/.%f.partial"
        is_same = f"gunzip < {kept} | cmp -s - %p"
        store = f"gzip < %p > {partial} && sync {partial} && mv {partial} {kept}"
        return {
            "archive_mode": "on",
            "archive_timeout": str(_SEGMENT_SECONDS),
            "archive_command": f"if test -e {kept}; then {is_same}; else {store}; fi",
        }

    @property
    def restore_command(self) -> str:
        """Brings a segment back."""
        return f"gunzip < {self._quoted}/%f.gz > %p"

    @property
    def bases(self) -> dict[datetime, Path]:
        """The base backups, by the time of their end, the oldest first."""
        folders = self._base.glob("*Z") if self._base.exists() else ()
        return {datetime.strptime(one.name, _NAME).replace(tzinfo=UTC): one for one in sorted(folders)}

    @property
    def end(self) -> datetime | None:
        """When the last segment was archived. Changes after that are not in the archive."""
        times = [file.stat().st_mtime for file in self._wal.glob("*.gz")]
        return datetime.fromtimestamp(max(times), UTC) if times else None

    def add_base(self, binaries: Binaries, address: str, password: str) -> Path:
        """Copy the data of the running server at `address`. Raises LocalStackError if that fails."""
        partial = self._base / "partial"
        shutil.rmtree(partial, ignore_errors=True)
        tool = binaries.postgres.with_name("pg_basebackup")
        options = ["--wal-method=stream", "--checkpoint=fast", "--no-password"]
        made = self._account.run(
            [tool, "--dbname", address, "--pgdata", partial, *options], environment={"PGPASSWORD": password}
        )
        if made.returncode != 0:
            raise LocalStackError(f"pg_basebackup failed:\n{made.stderr.strip()}")
        whole = self._base / f"{datetime.now(UTC) + timedelta(seconds=1):{_NAME}}"
        partial.rename(whole)
        return whole

    def remove_before(self, binaries: Binaries, moment: datetime) -> int:
        """Remove base backups that ended before, but not the last one, and the WAL that no other one needs. Returns
        how many there were."""
        old = [folder for ended, folder in list(self.bases.items())[:-1] if ended < moment]
        for folder in old:
            shutil.rmtree(folder)
        label = (next(iter(self.bases.values())) / "backup_label").read_text()
        first = label.partition("(file ")[2].partition(")")[0]
        cleanup = binaries.postgres.with_name("pg_archivecleanup")
        removed = self._account.run([cleanup, "--strip-extension=.gz", self._wal, first])
        if removed.returncode != 0:
            raise LocalStackError(f"pg_archivecleanup failed:\n{removed.stderr.strip()}")
        return len(old)

    def base_before(self, until: datetime) -> Path:
        """The last base backup that ended by then. Raises LocalStackError with the bounds if the archive has no such
        second."""
        bases, end = self.bases, self.end
        if not bases or end is None:
            raise LocalStackError(f"{self._base.parent} has no base backup and WAL: `escm archive base` makes one")
        if end < (first := next(iter(bases))):
            raise LocalStackError(
                f"no WAL was archived since the base backup of {first:%Y-%m-%d %H:%M:%S} UTC: PostgreSQL archives a "
                f"segment when it is full, or {_SEGMENT_SECONDS} seconds after a change"
            )
        if not first <= until <= end:
            raise LocalStackError(
                f"{until:%Y-%m-%d %H:%M:%S} UTC is not in the archive, which has {first:%Y-%m-%d %H:%M:%S} to "
                f"{end:%Y-%m-%d %H:%M:%S} UTC"
            )
        return bases[max(one for one in bases if one <= until)]

    @property
    def _quoted(self) -> str:
        """The folder of segments in a command of PostgreSQL."""
        return shlex.quote(str(self._wal)).replace("%", "%%")
