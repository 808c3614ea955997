"""A streaming standby of a running PostgreSQL, which a test may kill, pause and promote."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg

from deploy.local.account import Account
from deploy.local.binaries import Binaries
from deploy.local.ports import first_free
from deploy.local.postgres import Postgres
from tests.faults.processes import Process
from tests.support.folders import reachable_folder
from tests.support.waiting import eventually

_PORTS = 25000
_SAME_AS_PRIMARY = ("max_connections", "shared_buffers", "fsync", "full_page_writes")


class Standby:
    """A standby of the server at `primary`, the superuser's address without a database. The primary knows it by its
    `name`, and keeps the WAL that it has not read under that name."""

    def __init__(self, name: str, primary: str, server: Postgres, process: Process) -> None:
        self.name = name
        self.process = process
        self.port = server.port
        self._primary = primary
        self._server = server

    def url(self, database: str) -> str:
        """The superuser's address of a database of the standby."""
        return self._server.url(database)

    async def confirm_commits(self) -> None:
        """Lets the primary acknowledge a commit only after this standby has it on disk."""
        await _run(self._primary, f"ALTER SYSTEM SET synchronous_standby_names = '{self.name}'")
        await _run(self._primary, "SELECT pg_reload_conf()")
        confirms = "SELECT count(*) FROM pg_stat_replication WHERE application_name = $1 AND sync_state = 'sync'"
        await eventually(lambda: _run(self._primary, confirms, self.name))

    async def release_primary(self) -> None:
        """Lets the primary commit alone again."""
        await _run(self._primary, "ALTER SYSTEM RESET synchronous_standby_names")
        await _run(self._primary, "SELECT pg_reload_conf()")

    async def catch_up(self) -> None:
        """Waits until it shows all that the primary has committed by now."""
        primary = await asyncpg.connect(self._primary, server_settings={"synchronous_commit": "local"})
        await primary.execute("SELECT pg_logical_emit_message(true, '', '')")  # its commit flushes all before
        position = await primary.fetchval("SELECT pg_current_wal_flush_lsn()::text")
        await primary.close()
        await eventually(partial(self.ask, "SELECT pg_last_wal_replay_lsn() >= $1::text::pg_lsn", position))

    async def pause_replay(self) -> None:
        """Stops showing what it receives."""
        await self.ask("SELECT pg_wal_replay_pause()")
        await eventually(lambda: self.ask("SELECT pg_get_wal_replay_pause_state() = 'paused'"))

    async def resume_replay(self) -> None:
        await self.ask("SELECT pg_wal_replay_resume()")

    async def promote(self) -> None:
        """Makes it a primary; returns once it takes writes."""
        assert await self.ask("SELECT pg_promote()")

    async def ask(self, statement: str, *arguments: object) -> object:
        """The first value that the standby answers."""
        return await _run(self.url("postgres"), statement, *arguments)


@asynccontextmanager
async def standby_of(primary: str) -> AsyncIterator[Standby]:
    """A running standby of the server at this address of its superuser, in a folder of its own."""
    parts = urlsplit(primary)
    address = urlunsplit(parts._replace(path="/postgres"))
    name, (folder, account) = f"standby_{uuid4().hex[:12]}", _folder()
    binaries = await asyncio.to_thread(Binaries.of_wheels().for_account, account, folder)
    await _copy(address, name, folder / "postgres", binaries, account)
    settings = {name: str(await _run(address, f"SHOW {name}")) for name in _SAME_AS_PRIMARY}
    server = Postgres(
        folder, binaries, account, port=first_free(_PORTS), password=parts.password or "", settings=settings
    )

    async def answers() -> bool:
        return bool(await _run(server.url("postgres"), "SELECT true"))

    process = Process(replace(server.program(), name=name, ready=answers), folder)
    try:
        await process.start()
        yield Standby(name, address, server, process)
    finally:
        await process.stop()
        with suppress(OSError, TimeoutError, asyncpg.PostgresError):
            await eventually(lambda: _forgotten(address, name))
        shutil.rmtree(folder, ignore_errors=True)


def _folder() -> tuple[Path, Account]:
    """A new folder, and the account that runs a server there and owns it."""
    folder = reachable_folder("escm-standby-")
    account = Account.for_data(folder / "postgres")
    account.own(folder)
    return folder, account


async def _forgotten(address: str, name: str) -> bool:
    """Whether the primary keeps no WAL for it any more. Raises OSError or TimeoutError if the primary is lost."""
    primary = await asyncpg.connect(address, timeout=10)
    try:
        slots = "FROM pg_replication_slots WHERE slot_name = $1"
        await primary.execute(f"SELECT pg_drop_replication_slot(slot_name) {slots} AND NOT active", name)
        return not await primary.fetchval(f"SELECT count(*) {slots}", name)
    finally:
        await primary.close()


async def _copy(address: str, name: str, target: Path, binaries: Binaries, account: Account) -> None:
    """Copies the data of the running server, with the settings that make the copy its standby. From its beginning on,
    the primary keeps the WAL that the copy needs."""
    source = f"{address}?application_name={name}"
    tool = binaries.postgres.with_name("pg_basebackup")
    command = [tool, "-d", source, "-D", target, "-R", "-C", "-S", name, "-X", "stream", "-c", "fast", "-w"]
    copied = await asyncio.to_thread(account.run, command)
    assert copied.returncode == 0, copied.stderr


async def _run(address: str, statement: str, *arguments: object) -> object:
    connection = await asyncpg.connect(address)
    try:
        return await connection.fetchval(statement, *arguments)
    finally:
        await connection.close()
