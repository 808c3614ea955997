"""One embedded PostgreSQL and Valkey for a whole test session, and a database for each worker.

The controlling process starts them on the first request of a test (a file), with a migrated template, and stops them at
the end of the session. Workers copy the template.
"""

import asyncio
import json
import os
import shutil
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from deploy.local.binaries import Binaries
from deploy.local.folder import Folder, write_private
from deploy.local.ports import first_free
from deploy.local.postgres import Postgres
from deploy.local.supervisor import Supervisor
from deploy.local.valkey import Valkey
from shared.database import watch
from tests.support.folders import reachable_folder
from tests.support.prepared import PASSWORD, TEMPLATE, UNSAFE_AND_QUICK, copy_cluster
from tests.support.waiting import PATIENCE

_PORTS = 21000
_QUEUES = 16
"""Databases of Valkey for one worker, of 64."""
_LIMITS = (
    "ESCM_CLIENT_REQUESTS",
    "ESCM_ACCOUNT_REQUESTS",
    "ESCM_ADDRESS_REQUESTS",
    "ESCM_FAILED_AUTHENTICATIONS",
    "ESCM_ACCESS_MAIL_REQUESTS",
    "ESCM_MEMBERSHIP_MAIL_REQUESTS",
)
"""Limits that count what all tests of a minute send from one address."""


class TestStack:
    """The servers of a session, run by a thread of the controlling process."""

    __test__ = False

    def __init__(self) -> None:
        self.root = reachable_folder("escm-test-")
        self._end = threading.Event()
        self._keeper = threading.Thread(target=lambda: asyncio.run(self._keep()), name="test-stack", daemon=True)
        self._keeper.start()

    def stop(self) -> None:
        self._end.set()
        self._keeper.join(15)
        shutil.rmtree(self.root, ignore_errors=True)

    async def _keep(self) -> None:
        while not (self.root / "wanted").exists():
            if self._end.is_set():
                return
            await asyncio.sleep(0.02)
        supervisor = Supervisor(self.root, self.root / "processes.json")
        starting = asyncio.create_task(self._start(supervisor))
        try:
            await asyncio.to_thread(self._end.wait)
        finally:
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
            await supervisor.stop()

    async def _start(self, supervisor: Supervisor) -> None:
        try:
            write_private(self.root / "addresses", json.dumps(await self._serve(supervisor)))
        except Exception as failure:
            write_private(self.root / "failure", f"{type(failure).__name__}: {failure}")
            raise

    async def _serve(self, supervisor: Supervisor) -> dict[str, str]:
        folder = Folder.open(self.root)
        binaries = Binaries.of_wheels().for_account(folder.account, folder.data)
        port = first_free(_PORTS + os.getpid() % 5000)
        postgres = Postgres(
            folder.data, binaries, folder.account, port=port, password=PASSWORD, settings=UNSAFE_AND_QUICK
        )
        valkey = Valkey(
            folder.data, binaries, folder.account, port=first_free(port + 1), password="test", databases=64 * _QUEUES
        )
        await copy_cluster(folder)
        valkey.initialise()
        await supervisor.start([postgres.program(), valkey.program()])
        return {"postgres": postgres.url(""), "valkey": valkey.url().removesuffix("/0")}


def _addresses(config: pytest.Config) -> dict[str, str]:
    """Requests the servers and waits for them. Fails the test with the reason if they do not start."""
    root = Path(config.stash[_ROOT])
    (root / "wanted").touch()
    until = time.monotonic() + PATIENCE
    while not (root / "addresses").exists():
        with suppress(FileNotFoundError):
            pytest.fail(f"the test stack did not start: {(root / 'failure').read_text()}", pytrace=False)
        if time.monotonic() > until:
            pytest.fail(f"the test stack is not ready after {PATIENCE:.0f} s", pytrace=False)
        time.sleep(0.02)
    return dict(json.loads((root / "addresses").read_text()))


_ROOT = pytest.StashKey[str]()
_STACK = pytest.StashKey[TestStack]()
_DATA = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    """Removes settings of the caller's shell, and raises the rate limits. Only the controlling process runs servers.

    A server that is slow because of other tests is not lost: in the processes of tests a probe has PATIENCE.
    """
    config.addinivalue_line("norecursedirs", ".*")  # the project's own list replaces pytest's
    config.stash[_DATA] = getattr(config, "workerinput", {}).get("data") or os.environ.get("ESCM_DATA", "")
    for name in [name for name in os.environ if name.startswith("ESCM_") or name in ("DATABASE_URL", "REDIS_URL")]:
        del os.environ[name]
    watch.RESPONSE_WITHIN = PATIENCE
    os.environ["ESCM_ENVIRONMENT"] = "test"
    os.environ |= dict.fromkeys(_LIMITS, "1000000")
    if hasattr(config, "workerinput"):
        config.stash[_ROOT] = config.workerinput["stack"]
        return
    config.stash[_STACK] = TestStack()
    config.stash[_ROOT] = str(config.stash[_STACK].root)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["stack"] = node.config.stash[_ROOT]
    node.workerinput["data"] = node.config.stash[_DATA]


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if (stack := session.config.stash.get(_STACK, None)) is not None:
        stack.stop()


@pytest.fixture(scope="session")
def test_servers(pytestconfig: pytest.Config) -> dict[str, str]:
    """Addresses of the session's servers, without a database: `postgres` (superuser) and `valkey`."""
    return _addresses(pytestconfig)


@pytest.fixture(scope="session")
def database_named(test_servers: dict[str, str], worker_number: int) -> Callable[[str], str]:
    """Makes a migrated database for this worker. Returns the superuser's address of it.

    A package of tests that depends on the data of others overrides `database_url` with one of its own name.
    """

    def make(name: str) -> str:
        database = f"escm_test_{worker_number}_{name}"
        asyncio.run(copy_template(test_servers["postgres"], database))
        return test_servers["postgres"] + database

    return make


@pytest.fixture(scope="session")
def database_url(database_named: Callable[[str], str]) -> str:
    """Superuser's address of a migrated database that this worker's tests share."""
    return database_named("shared")


@pytest.fixture(scope="session")
def new_queue(test_servers: dict[str, str], worker_number: int) -> Callable[[], str]:
    """Returns the address of a database of the session's Valkey that nothing else uses, another one for each call.

    A package of tests whose worker runs on a database of its own overrides `redis_url` with it.
    """
    numbers = count(_QUEUES * worker_number)
    return lambda: f"{test_servers['valkey']}/{next(numbers)}"


@pytest.fixture(scope="session")
def redis_url(new_queue: Callable[[], str]) -> str:
    """Address of the database of the session's Valkey that this worker's tests share."""
    return new_queue()


@pytest.fixture(scope="session")
def data_folder(pytestconfig: pytest.Config) -> Path | None:
    """The folder with the whole files of which tests/data has samples, if `ESCM_DATA` names one."""
    named = pytestconfig.stash[_DATA]
    return Path(named) if named else None


@pytest.fixture(scope="session")
def worker_number(request: pytest.FixtureRequest) -> int:
    """0 if tests run in one process, else 1 and up."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    return int(worker.removeprefix("gw")) + 1 if worker else 0


async def copy_template(server: str, name: str) -> None:
    """A migrated database of this name."""
    connection = await asyncpg.connect(f"{server}postgres")
    try:
        await connection.execute("SELECT pg_advisory_lock(1)")
        await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE {TEMPLATE}')
    finally:
        await connection.close()
