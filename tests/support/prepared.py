"""A cluster with migrated databases: made once for each state of the migrations, copied by whatever starts servers."""

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from deploy.local.binaries import Binaries
from deploy.local.folder import DEFAULT, PROJECT, Folder
from deploy.local.ports import first_free
from deploy.local.postgres import Postgres
from deploy.local.stack import DATABASE
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
_PORTS = 20000


async def copy_cluster(folder: Folder) -> None:
    """Gives the folder the data of a server with the databases `escm` and `escm_template`, whose superuser has
    PASSWORD."""
    target = folder.data / "postgres"
    try:
        with _alone():
            if not (kept := _KEPT / _digest()).exists():
                shutil.rmtree(_KEPT, ignore_errors=True)
                await _make(partial := _KEPT / "partial")
                partial.rename(kept)
    except PermissionError:  # the clone is another user's
        await _make(target)
    else:
        _copy(kept, target)


async def _make(target: Path) -> None:
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
    _copy(folder.data / "postgres", target)
    folder.remove()


def _copy(source: Path, target: Path) -> None:
    """Copies a folder with the owners and modes of its files."""
    target.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)


@contextmanager
def _alone() -> Iterator[None]:
    """While the block runs, no other process of this clone makes a cluster."""
    DEFAULT.mkdir(exist_ok=True)
    with _KEPT.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _digest() -> str:
    """The state of what the cluster is made from."""
    files = sorted(file for pattern in _SOURCES for file in PROJECT.glob(pattern) if file.suffix not in ("", ".pyc"))
    digest = hashlib.sha256()
    for file in files:
        digest.update(str(file.relative_to(PROJECT)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]
