"""What is made once and copied by whatever starts servers: a cluster with migrated databases, for each state of the
migrations, and the data of a system with its demo, for each state of the code and each day, since the demo ends today.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from deploy.cli.foreground import prepare
from deploy.local.binaries import Binaries
from deploy.local.child import Program
from deploy.local.folder import DEFAULT, PROJECT, Folder, write_private
from deploy.local.ports import HOST, first_free
from deploy.local.postgres import Postgres
from deploy.local.stack import DATABASE, Stack
from deploy.local.supervisor import Supervisor
from tests.support.folders import reachable_folder

PASSWORD = "test"
TEMPLATE = "escm_template"
UNSAFE_AND_QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "400"}
_KEPT = DEFAULT / f"prepared-{os.getuid()}"
_SOURCES = (
    *("migrations/**/*", "shared/configuration/*", "shared/database/*", "deploy/local/postgres.py"),
    *("tests/requirements.lock", "tests/support/prepared.py"),
)
"""Migrations, what they import, and what makes the server."""
_SOURCES_OF_DEMO = (*_SOURCES, "services/**/*", "shared/**/*", "deploy/**/*.py")
_PORTS = 20000


async def copy_cluster(folder: Folder) -> None:
    """Gives the folder the data of a server with the databases `escm` and `escm_template`, whose superuser has
    PASSWORD."""
    await _copy_made("cluster", _digest(_SOURCES), _make_cluster, folder.data)


async def copy_system(folder: Folder) -> None:
    """Gives the folder the server's data and the secrets of a system with its demo, as `escm up` has them before it
    starts the processes for the first time."""
    state = f"{_digest(_SOURCES_OF_DEMO)}-{datetime.now(UTC):%Y-%m-%d}"
    await _copy_made("system", state, _make_system, folder.data)


async def _copy_made(kind: str, state: str, make: Callable[[Path], Awaitable[None]], target: Path) -> None:
    """Copies what is made once for each state; that of another state is removed."""
    try:
        with _alone(kind):
            if not (kept := _KEPT / kind / state).exists():
                shutil.rmtree(kept.parent, ignore_errors=True)
                await make(partial := kept.with_name("partial"))
                partial.rename(kept)
            _copy(kept.iterdir(), target)
    except PermissionError:  # the clone is another user's
        await make(target)


class _NoProcesses:
    """The processes of a system that only prepares its data."""

    base_url = f"http://{HOST}:1"
    metrics: dict[str, str] = {}

    def programs(self, environment: Mapping[str, str]) -> list[Program]:
        return []


async def _make_system(target: Path) -> None:
    folder = Folder.open(reachable_folder("escm-prepared-"))
    write_private(folder.data / "secrets.json", json.dumps({"postgres": PASSWORD}))
    await copy_cluster(folder)
    stack = Stack(folder, _NoProcesses, prepare)
    try:
        await stack.start({name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ})
        connection = await asyncpg.connect(stack.environment["DATABASE_URL"])
        await connection.execute(f"DROP DATABASE {TEMPLATE}")
        await connection.close()
    finally:
        await stack.stop()
    _copy([folder.data / "postgres", folder.data / "secrets.json"], target)
    folder.remove()


async def _make_cluster(target: Path) -> None:
    from migrations.run import migrate

    folder = Folder.open(reachable_folder("escm-prepared-"))
    binaries = Binaries.of_wheels().for_account(folder.account, folder.data)
    postgres = Postgres(
        folder.data, binaries, folder.account, port=first_free(_PORTS), password=PASSWORD, settings=UNSAFE_AND_QUICK
    )
    postgres.initialise()
    supervisor = Supervisor(folder.log, folder.record_file)
    try:
        await supervisor.start([postgres.program()])
        await postgres.ensure_database(DATABASE)
        await migrate(postgres.url(DATABASE))
        connection = await asyncpg.connect(postgres.url("postgres"))
        await connection.execute(f"CREATE DATABASE {TEMPLATE} TEMPLATE {DATABASE}")
        await connection.close()
    finally:
        await supervisor.stop()
    _copy([folder.data / "postgres"], target)
    folder.remove()


def _copy(sources: Iterable[Path], folder: Path) -> None:
    """Copies files and folders into a folder, with their owners and modes."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", *map(str, sources), str(folder)], check=True)


@contextmanager
def _alone(kind: str) -> Iterator[None]:
    """While the block runs, no other process of this clone makes, removes or copies one of this kind."""
    _KEPT.mkdir(parents=True, exist_ok=True)
    with (_KEPT / f"{kind}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _digest(sources: tuple[str, ...]) -> str:
    """The state of the files."""
    files = sorted({file for pattern in sources for file in PROJECT.glob(pattern) if file.suffix not in ("", ".pyc")})
    digest = hashlib.sha256()
    for file in files:
        digest.update(str(file.relative_to(PROJECT)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]
