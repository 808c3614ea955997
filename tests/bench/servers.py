"""The parts of a benchmark: one server process on the first core, Postgres and wrk on the last."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from deploy.local.binaries import Binaries
from deploy.local.folder import Folder
from deploy.local.ports import first_free
from deploy.local.postgres import Postgres
from deploy.local.supervisor import Supervisor
from deploy.local.valkey import Valkey
from tests.support.folders import reachable_folder

CONNECTIONS = 32
SECONDS = 5
_TIMEOUT = 30
"""Seconds for one response: a slow bound is a result, not a fault."""
_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
_QUANTILE = re.compile(r"^ +(50|99)%\s+([\d.]+)(us|ms|s)$", re.MULTILINE)
_MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0}
_FAULTS = re.compile(r"Non-2xx or 3xx responses:\s+(\d+)|Socket errors:.*")
API_CORE, LOAD_CORE = "0", str((os.cpu_count() or 1) - 1)
WORKING = (
    "SELECT count(*) = 2 FROM escm.core_consumer"
    " WHERE service = $1 AND seen_at > clock_timestamp() - interval '3 seconds'"
)
"""Whether a worker of this service is up."""
UNREACHED = "1000000"
"""Requests a minute: limits that are counted and not met."""
ANY_CORE = f"{API_CORE},{LOAD_CORE}"


@dataclass(frozen=True)
class Addresses:
    """The address of the benchmark's servers."""

    postgres: str
    valkey: str


@asynccontextmanager
async def servers() -> AsyncIterator[Addresses]:
    """Separate Postgres and Valkey in a temporary folder, on the load's core, as durable as in production."""
    root = reachable_folder("escm-bench-")
    folder = Folder.open(root)
    binaries = Binaries.of_wheels().for_account(folder.account, folder.data)
    port = first_free(24000)
    settings = {
        "shared_buffers": "1GB",
        "max_wal_size": "8GB",
        "maintenance_work_mem": "512MB",
        "wal_init_zero": "off",  # a server that has run for a while reuses its files; a new one fills each first
    }
    postgres = Postgres(folder.data, binaries, folder.account, port=port, password="bench", settings=settings)
    valkey = Valkey(folder.data, binaries, folder.account, port=first_free(port + 1), password="bench")
    supervisor = Supervisor(root, root / "processes.json")
    try:
        postgres.initialise()
        valkey.initialise()
        await supervisor.start([postgres.program(), valkey.program()])
        for pid in supervisor.pids.values():
            subprocess.run(["taskset", "-acp", LOAD_CORE, str(pid)], check=True, capture_output=True)
        await postgres.ensure_database("escm")
        yield Addresses(postgres.url("escm"), valkey.url())
    finally:
        await supervisor.stop()
        shutil.rmtree(root, ignore_errors=True)


@contextmanager
def serving(
    module: str, at: Addresses, *, factory: bool, core: str = API_CORE, **settings: str
) -> Iterator[tuple[str, int]]:
    """One uvicorn process of `module` on the API's core, or another one: its address and process id. `settings` are of
    its environment."""
    port = first_free(25000)
    command = [
        "taskset", "-c", core, sys.executable, "-m", "uvicorn", module, "--port", str(port), "--loop", "uvloop",
        "--no-access-log", "--log-level", "warning", "--http",
        *(["shared.web.edge.protocol:Protocol", "--factory"] if factory else ["httptools"]),
    ]  # fmt: skip
    environment = {
        **os.environ, "DATABASE_URL": at.postgres, "BENCH_DATABASE_URL": at.postgres, "REDIS_URL": at.valkey,
        "ESCM_CLIENT_REQUESTS": UNREACHED, "ESCM_ADDRESS_REQUESTS": UNREACHED, "ESCM_ACCOUNT_REQUESTS": UNREACHED,
        **settings,
    }  # fmt: skip
    process = subprocess.Popen(command, env=environment)
    try:
        _wait(f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.terminate()
        process.wait(15)


async def tokens(at: Addresses, *names: str) -> list[str]:
    """Tokens of these demo clients, from the access service."""
    from deploy import demo

    clients, tokens = (await demo.load(at.postgres))["clients"], []
    with serving("services.access.app:create_app", at, factory=True) as (address, _):
        for client in (clients[name] for name in names):
            form = {"grant_type": "client_credentials", "client_id": client["id"], "client_secret": client["secret"]}
            response = httpx.post(f"{address}/access/v1/oauth/token", data=form, timeout=30)
            response.raise_for_status()
            tokens.append(str(response.json()["access_token"]))
    return tokens


@contextmanager
def running(command: str, at: Addresses, core: str, **settings: str) -> Iterator[int]:
    """A process of the system, such as `worker access`, on one core: its process id. `settings` are of its
    environment."""
    environment = {**os.environ, "DATABASE_URL": at.postgres, "REDIS_URL": at.valkey, **settings}
    words = ["taskset", "-c", core, sys.executable, "-m", "deploy.cli", *command.split()]
    process = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL)
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(20)


def _wait(address: str) -> None:
    for _ in range(1_200):
        try:
            httpx.get(f"{address}/", timeout=1)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"nothing responds at {address}")


async def until(
    connection: asyncpg.Connection, question: str, *values: object, within: float = 180.0, every: float = 0.02
) -> None:
    """Waits until the result is true, checking `every` so many seconds. Raises TimeoutError."""
    async with asyncio.timeout(within):
        while not await connection.fetchval(question, *values):  # noqa: ASYNC110
            await asyncio.sleep(every)


def alone(value: float, unit: str, target: str | None = None) -> dict[str, Any]:
    """A result without a bound, and what it should be."""
    return {"value": value, "bound": None, "ratio": None, "unit": unit, "target": target}


def memory_mb(pid: int) -> float:
    """Resident memory of a process."""
    return _memory(pid, "VmRSS")


def peak_memory_mb(pid: int) -> float:
    """The most resident memory that a process had."""
    return _memory(pid, "VmHWM")


def _memory(pid: int, name: str) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.findall(rf"{name}:\s+(\d+)", status)[0]) / 1024


def load(
    address: str, script: str, *, connections: int = CONNECTIONS, seconds: int = SECONDS, core: str = LOAD_CORE
) -> float:
    """Responses a second under wrk, whose requests a Lua script makes. Raises RuntimeError if any response is an
    error."""
    return float(_printed_once(_RATE, _wrk(address, script, connections, seconds, core)))


def latency(
    address: str, script: str, *, connections: int = CONNECTIONS, seconds: int = SECONDS
) -> tuple[float, float]:
    """The median and the 99th percentile of the response time under the same load, in milliseconds."""
    found = _QUANTILE.findall(_wrk(address, script, connections, seconds))
    by_name = {name: float(value) * _MILLISECONDS[unit] for name, value, unit in found}
    return by_name["50"], by_name["99"]


def _printed_once(pattern: re.Pattern[str], printed: str) -> str:
    found = pattern.search(printed)
    if found is None:
        raise RuntimeError(printed)
    return found[1]


def _wrk(address: str, script: str, connections: int, seconds: int, core: str = LOAD_CORE) -> str:
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        command = [
            "taskset",
            "-c",
            core,
            "wrk",
            "-t1",
            f"-c{connections}",
            f"-d{seconds}s",
            "--timeout",
            f"{_TIMEOUT}s",
            "--latency",
            "-s",
            file.name,
            address,
        ]
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if fault := _FAULTS.search(printed):
        raise RuntimeError(f"{address}: {fault[0]}")
    return printed
