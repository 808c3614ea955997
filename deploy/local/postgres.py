"""The embedded PostgreSQL: its data, its settings, its start and its check."""

import shutil
import signal
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import asyncpg

from deploy.local.account import Account
from deploy.local.binaries import Binaries
from deploy.local.child import Program, Stage
from deploy.local.errors import LocalStackError
from deploy.local.folder import REMOVE, write_private
from deploy.local.ports import HOST
from deploy.local.processes import Identity, command_line

MAJOR = "18"
SUPERUSER = "postgres"
PREFERRED_PORT = 15432
_STATUS_LINE = 7
"""Of `postmaster.pid`."""
_LOCALE = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--lc-ctype=C.UTF-8", "--lc-collate=C")
_GIVES_BACK = dict.fromkeys(("MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"), "131072")
"""By default glibc keeps what a large plan has needed: a connection that has read a work list had 160 MB, not 45."""
SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "120",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "checkpoint_completion_target": "0.9",
    "random_page_cost": "1.1",
    "jit": "off",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u ",
    "log_error_verbosity": "terse",  # details of an error quote rows, and so people
    "log_min_error_statement": "panic",
    "client_connection_check_interval": "1000",
    "track_io_timing": "on",
}


class Postgres:
    """A PostgreSQL in `folder`/postgres, on loopback only."""

    def __init__(
        self,
        folder: Path,
        binaries: Binaries,
        account: Account,
        *,
        port: int,
        password: str,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.data = folder / "postgres"
        self.port = port
        self._binaries = binaries
        self._account = account
        self._password = password
        self._settings = {**SETTINGS, **(settings or {}), "port": str(port)}

    def url(self, database: str) -> str:
        """Address of a database for the superuser."""
        return f"postgresql://{SUPERUSER}:{self._password}@{HOST}:{self.port}/{database}"

    def initialise(self) -> None:
        """Create the data if there is none, completely or not at all.

        Raises LocalStackError if the data is of another major version or initdb fails.
        """
        version = self.data / "PG_VERSION"
        if version.exists():
            if (found := version.read_text().strip()) != MAJOR:
                raise LocalStackError(
                    f"{self.data} was made by PostgreSQL {found}, this is {MAJOR}: start once with the release "
                    f"that made it and save a dump, or {REMOVE}"
                )
            return
        partial = self.data.with_name("postgres.partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(mode=0o700)
        password_file = self.data.with_name("postgres.password")
        write_private(password_file, self._password)
        self._account.own(partial)
        self._account.own(password_file)
        try:
            made = self._account.run(
                [
                    *(self._binaries.initdb, "--pgdata", partial, "--username", SUPERUSER),
                    *(*_LOCALE, "--encoding=UTF8", "--data-checksums", "--auth=scram-sha-256"),
                    *("--pwfile", password_file, "--no-instructions"),
                ]
            )
        finally:
            password_file.unlink()
        if made.returncode != 0:
            raise LocalStackError(f"initdb failed:\n{made.stderr.strip()}")
        partial.rename(self.data)

    def stop_leftover(self) -> bool:
        """Stop a server of this data without a supervisor. The caller holds the lock."""
        pid = self._recorded_pid()
        left = Identity.of(pid) if pid and self._is_ours(pid) else None
        if left is None:
            return False
        left.stop(signal.SIGINT, 8.0)
        return True

    def program(self) -> Program:
        settings = [word for name, value in self._settings.items() for word in ("-c", f"{name}={value}")]
        return Program(
            name="postgres",
            command=[str(self._binaries.postgres), "-D", str(self.data), *settings],
            stage=Stage.POSTGRES,
            environment={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", **_GIVES_BACK},
            ready=self._ready,
            before_start=self._remove_stale_pid_file,
            is_half_shut=self._is_stopping,
            stop_signal=signal.SIGINT,
            account=self._account,
        )

    async def ensure_database(self, name: str) -> None:
        """Create the database if it is missing. `name` is a plain identifier."""
        connection = await asyncpg.connect(self.url("postgres"))
        try:
            with suppress(asyncpg.DuplicateDatabaseError):
                await connection.execute(f'CREATE DATABASE "{name}"')
        finally:
            await connection.close()

    async def _ready(self) -> bool:
        connection = await asyncpg.connect(self.url("postgres"), timeout=2)
        try:
            return bool(await connection.fetchval("SELECT NOT pg_is_in_recovery()"))
        finally:
            await connection.close()

    def _is_stopping(self) -> bool:
        """Whether it refuses new clients after SIGTERM, while it waits for connected ones."""
        with suppress(OSError, IndexError):
            return (self.data / "postmaster.pid").read_text().splitlines()[_STATUS_LINE].strip() == "stopping"
        return False

    def _recorded_pid(self) -> int:
        with suppress(OSError, ValueError, IndexError):
            return int((self.data / "postmaster.pid").read_text().splitlines()[0])
        return 0

    def _is_ours(self, pid: int) -> bool:
        """Whether the process serves this data, and not an unrelated one with the same pid."""
        words = command_line(pid)
        return "postgres" in words and f"-D {self.data} " in f"{words} "

    def _remove_stale_pid_file(self) -> None:
        """Remove the pid file of a killed server if another program has its pid: PostgreSQL would refuse to start."""
        pid = self._recorded_pid()
        if pid and not (Identity.of(pid) and self._is_ours(pid)):
            (self.data / "postmaster.pid").unlink(missing_ok=True)
