"""The whole stack: databases, migration, demo data and processes, started and stopped together."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from deploy.local.archive import Archive
from deploy.local.binaries import Binaries
from deploy.local.child import Program
from deploy.local.folder import Folder
from deploy.local.ports import first_free
from deploy.local.postgres import PREFERRED_PORT as POSTGRES_PORT
from deploy.local.postgres import Postgres
from deploy.local.supervisor import Supervisor, stop_leftovers
from deploy.local.valkey import PREFERRED_PORT as VALKEY_PORT
from deploy.local.valkey import Valkey

log = logging.getLogger(__name__)

DATABASE = "escm"
_WAIT_FOR_ANOTHER = 12.0
"""Seconds to wait for a stopping stack of the same folder, which has ten."""


class Processes(Protocol):
    """The processes in addition to the databases (`deploy.local.system.System`)."""

    @property
    def base_url(self) -> str: ...

    @property
    def metrics(self) -> dict[str, str]: ...

    def programs(self, environment: Mapping[str, str]) -> list[Program]: ...


class Stack:
    """One stack in one folder. `start`, then `stop`, once each.

    `processes` returns its programs once the ports of an earlier stack are free again. `prepare` receives the
    environment of all processes when the databases work; it migrates them, loads the required data and returns the
    `demo` part of `stack.json`. `report` is called with each phase. The embedded PostgreSQL archives to `archive`.
    """

    def __init__(
        self,
        folder: Folder,
        processes: Callable[[], Processes],
        prepare: Callable[[Mapping[str, str]], Awaitable[dict[str, Any]]],
        report: Callable[[str], None] = lambda _: None,
        archive: Path | None = None,
    ) -> None:
        self.folder = folder
        self._archive = archive and Archive(archive, folder.account)
        self.environment: dict[str, str] = {}
        self.demo: dict[str, Any] = {}
        self._make_processes = processes
        self._processes: Processes | None = None
        self._prepare = prepare
        self._report = report
        self._described = False
        self._supervisor = Supervisor(folder.log, folder.record_file, on_change=self._describe)

    @property
    def base_url(self) -> str:
        """The address of the API; empty before the start."""
        return "" if self._processes is None else self._processes.base_url

    async def start(self, given: Mapping[str, str] | None = None) -> None:
        """Start everything and write `stack.json`. `given` is the caller's environment, which takes precedence.

        Raises LocalStackError; `stop` then stops what has started.
        """
        given = _resolved(os.environ if given is None else given)
        await self.folder.hold(_WAIT_FOR_ANOTHER, self._report)
        self.folder.stack_file.unlink(missing_ok=True)
        if left := await asyncio.to_thread(stop_leftovers, self.folder.record_file):
            self._report(f"stopped what an earlier stack left running: {', '.join(left)}")
        self._processes = self._make_processes()
        self.environment = self._settings(self._processes.base_url, given) | given | await self._databases(given)
        self._report("migrates the database")
        self.demo = await self._prepare(self.environment)
        self._report("starts the processes")
        await self._supervisor.start(self._processes.programs(self.environment))
        self._described = True
        self._describe()

    async def stop(self) -> None:
        """Stop everything within ten seconds and remove `stack.json`."""
        self._described = False
        self.folder.stack_file.unlink(missing_ok=True)
        await self._supervisor.stop()
        self.folder.release()

    def _settings(self, base_url: str, given: Mapping[str, str]) -> dict[str, str]:
        return {
            "ESCM_ENVIRONMENT": "laptop",
            "ESCM_ISSUER": base_url,
            "ESCM_ACTIONS_IATI_REF": "XM-DEMO-ESCM",
            "ESCM_STORAGE_PATH": str(self.folder.root / "files"),
            "ESCM_MAIL_FOLDER": str(self.folder.root / "mail"),
            **{
                name: self.folder.secret(name.lower())
                for name in ("ESCM_SECRET_KEY", "ESCM_ROLE_PASSWORD", "ESCM_PORTAL_CONSOLE_KEY")
                if name not in given and f"{name}_FILE" not in given
            },
        }

    async def _databases(self, given: Mapping[str, str]) -> dict[str, str]:
        """The addresses of the embedded servers; none for one that the caller provided."""
        addresses: dict[str, str] = {}
        programs: list[Program] = []
        postgres: Postgres | None = None
        folder, account = self.folder.data, self.folder.account
        if not {"DATABASE_URL", "REDIS_URL"} <= given.keys():
            self._report("starts PostgreSQL and Valkey")
            binaries = await asyncio.to_thread(Binaries.of_wheels().for_account, account, folder)
        if "DATABASE_URL" not in given:
            port, password = first_free(POSTGRES_PORT), self.folder.secret("postgres")
            if self._archive:
                self._archive.create()
            settings = self._archive.settings if self._archive else None
            postgres = Postgres(folder, binaries, account, port=port, password=password, settings=settings)
            if await asyncio.to_thread(postgres.stop_leftover):
                self._report("stopped a PostgreSQL that an earlier stack left running")
            await asyncio.to_thread(postgres.initialise)
            programs.append(postgres.program())
            addresses["DATABASE_URL"] = postgres.url(DATABASE)
        if "REDIS_URL" not in given:
            port, password = first_free(VALKEY_PORT), self.folder.secret("valkey")
            valkey = Valkey(folder, binaries, account, port=port, password=password)
            valkey.initialise()
            programs.append(valkey.program())
            addresses["REDIS_URL"] = valkey.url()
        await self._supervisor.start(programs)
        if postgres is not None:
            await postgres.ensure_database(DATABASE)
        return addresses

    def _describe(self) -> None:
        """Write `stack.json` again, because pids change when a child restarts."""
        if self._described and self._processes is not None:
            self.folder.write_stack(
                {
                    "base_url": self._processes.base_url,
                    "database_url": self.environment["DATABASE_URL"],
                    "redis_url": self.environment["REDIS_URL"],
                    "processes": self._supervisor.pids,
                    "metrics": self._processes.metrics,
                    "demo": self.demo,
                }
            )


def _resolved(given: Mapping[str, str]) -> dict[str, str]:
    """The environment with database addresses read from their files, without empty ones."""
    resolved = dict(given)
    for name in ("DATABASE_URL", "REDIS_URL"):
        if file := resolved.pop(f"{name}_FILE", ""):
            resolved[name] = Path(file).read_text().strip()
        if not resolved.get(name):
            resolved.pop(name, None)
    return resolved
