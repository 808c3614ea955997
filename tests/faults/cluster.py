"""The processes of the system in tests of faults: two membership APIs, the relay, Valkey, Postgres."""

import asyncio
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from deploy.demo import load
from deploy.local.binaries import Binaries
from deploy.local.child import Program, Stage
from deploy.local.folder import PROJECT, Folder
from deploy.local.ports import HOST, first_free
from deploy.local.postgres import Postgres
from deploy.local.readiness import readiness_check
from deploy.local.stack import DATABASE
from deploy.local.valkey import Valkey
from shared.auth.keys import LIFETIME
from tests.faults.clients import Client
from tests.faults.processes import Process
from tests.faults.proxy import FaultProxy
from tests.support.prepared import PASSWORD, copy_cluster

_PORTS = 26000
LINKED = """
SELECT NOT EXISTS (SELECT FROM core_audit a WHERE NOT EXISTS (SELECT FROM core_audit_link l WHERE l.entry = a.id))
"""
"""Whether every entry of the audit trail is in its chain."""


class Cluster:
    """`first` reaches Postgres through `proxy`, `second` and `relay` directly. Tokens are those of demo clients,
    `accounts` those of the demo, with their passwords."""

    def __init__(self, root: Path) -> None:
        root.chmod(0o711)
        self.root = root
        self._folder = Folder.open(root)
        self._processes: list[Process] = []
        self.tokens: dict[str, str] = {}
        self.accounts: dict[str, dict[str, str]] = {}
        self._port = _PORTS
        self.proxy = FaultProxy(0)

    async def open(self) -> None:
        """Starts everything on empty data."""
        await self._open_servers()
        self.first, self.first_url = self._api("membership", "first", self.proxy.port)
        self.second, self.second_url = self._api("membership", "second", self.postgres_port)
        self.relay = self.worker("relay", "deploy.cli", "relay", stage=Stage.RELAY)
        self._access, self._access_url = self._api("access", "access", self.postgres_port)
        await asyncio.gather(*(process.start() for process in (self.first, self.second, self.relay)))
        await self._issue_tokens()

    async def _issue_tokens(self) -> None:
        """A token of each demo client, by an access API that runs for this alone."""
        await self._access.start()
        async with httpx.AsyncClient(base_url=self._access_url, trust_env=False, timeout=20) as http:
            for name, client in self._demo["clients"].items():
                form, basic = {"grant_type": "client_credentials"}, (client["id"], client["secret"])
                response = await http.post("/access/v1/oauth/token", data=form, auth=basic)
                assert response.status_code == 200, response.text
                self.tokens[name] = response.json()["access_token"]
        await self._access.stop()
        self._issued_at = time.monotonic()

    async def _open_servers(self) -> None:
        account, data = self._folder.account, self._folder.data
        binaries = Binaries.of_wheels().for_account(account, data)
        self.postgres_port = self._next_port()
        server = Postgres(data, binaries, account, port=self.postgres_port, password=PASSWORD)
        cache = Valkey(data, binaries, account, port=self._next_port(), password="faults")
        await copy_cluster(self._folder)
        cache.initialise()
        self.redis_url = cache.url()
        self.database_url = server.url(DATABASE)
        self.postgres, self.valkey = self._process(server.program()), self._process(cache.program())
        await asyncio.gather(self.postgres.start(), self.valkey.start())
        self._demo = await load(self.database_url)
        self.accounts = self._demo["accounts"]
        self.proxy.target = self.postgres_port
        await self.proxy.start()

    async def close(self) -> None:
        """Stops everything, including what a test left stopped or half started."""
        for process in sorted(self._processes, key=lambda process: process.stage):
            await process.stop()
        await self.proxy.stop()

    async def heal(self) -> None:
        """Reverts every fault: all processes run, the network passes everything, both APIs are ready, and tokens are
        valid for five minutes."""
        await self.proxy.heal()
        await asyncio.gather(self.postgres.ensure(), self.valkey.ensure())
        await asyncio.gather(*(process.ensure() for process in (self.first, self.second, self.relay)))
        if time.monotonic() - self._issued_at > LIFETIME / 2:
            await self._issue_tokens()

    def client(self, which: str = "first", caller: str | None = "secretariat", timeout: float = 10.0) -> Client:
        """A client of one of the two APIs; `caller` names a demo client, None is anonymous."""
        url = self.first_url if which == "first" else self.second_url
        return Client(url, self.tokens[caller] if caller else None, timeout)

    @asynccontextmanager
    async def superuser(self) -> AsyncIterator[asyncpg.Connection]:
        """A separate connection without restrictions."""
        connection = await asyncpg.connect(self.database_url, server_settings={"search_path": "escm"})
        try:
            yield connection
        finally:
            await connection.close()

    def worker(self, name: str, module: str, *arguments: str, stage: Stage = Stage.WORKERS, **settings: str) -> Process:
        """A process with a metrics port, whose `/readyz` reports readiness. The caller starts it."""
        port = self._next_port()
        environment = self.environment(self.postgres_port) | {"ESCM_METRICS_PORT": str(port), **settings}
        ready = readiness_check([f"http://{HOST}:{port}/readyz"])
        return self._process(self._python(name, stage, environment, ready, module, *arguments))

    def server(self, name: str, module: str, *arguments: str, **settings: str) -> tuple[Process, str]:
        """A process that serves the membership API, and its address. The caller starts it."""
        port = self._next_port()
        url = f"http://{HOST}:{port}"
        ready = readiness_check([f"{url}/membership/v1/livez"])
        environment = self.environment(self.postgres_port) | settings
        program = self._python(name, Stage.APPS, environment, ready, module, *arguments, "--port", str(port))
        return self._process(program), url

    def api(self, service: str, name: str, **settings: str) -> tuple[Process, str]:
        """A further API process of a service, and its address. The caller starts it."""
        return self._api(service, name, self.postgres_port, **settings)

    def discard(self, process: Process) -> None:
        """Kills a process that a single test started."""
        process.kill()
        self._processes.remove(process)

    async def command(self, *words: str) -> str:
        """The output of a command of `escm`. AssertionError if it fails."""
        said = asyncio.subprocess.PIPE
        line = (sys.executable, "-m", "deploy.cli", *words)
        environment = self.environment(self.postgres_port)
        process = await asyncio.create_subprocess_exec(*line, env=environment, cwd=PROJECT, stdout=said, stderr=said)
        out, err = await process.communicate()
        assert process.returncode == 0, (out + err).decode()
        return out.decode()

    async def verify_audit_trail(self, folder: Path) -> None:
        """Verifies an export of the audit trail. AssertionError if it is not whole and in order."""
        key, file = folder / "audit.key", folder / "audit.ndjson"
        await asyncio.to_thread(key.write_text, await self.command("audit", "key"))
        await self.command("audit", "export", str(file))
        verified = await self.command("audit", "verify", str(file), "--key", str(key))
        assert "are whole and in order" in verified, verified

    def log_tails(self, lines: int = 12) -> str:
        """The end of every process's output, for a person."""
        return "\n".join(f"{process.name}:\n{process.log_tail(lines)}" for process in self._processes)

    def _api(self, service: str, name: str, database_port: int, **settings: str) -> tuple[Process, str]:
        port = self._next_port()
        url = f"http://{HOST}:{port}"
        command = ("serve", service, "--port", str(port), "--grace", "2")
        ready = readiness_check([f"{url}/{service}/v1/livez"])
        environment = self.environment(database_port) | {"ESCM_METRICS_PORT": str(self._next_port()), **settings}
        program = self._python(name, Stage.APPS, environment, ready, "deploy.cli", *command)
        return self._process(program), url

    def environment(self, database_port: int) -> dict[str, str]:
        """Settings of a process that finds Postgres at this port."""
        return {
            "DATABASE_URL": self.database_url.replace(f":{self.postgres_port}/", f":{database_port}/"),
            "REDIS_URL": self.redis_url,
            "ESCM_ENVIRONMENT": "test",
            "ESCM_SECRET_KEY": "faults",
            "ESCM_STORAGE_PATH": str(self.root / "files"),
            "ESCM_MAIL_FOLDER": str(self.root / "mail"),
            "ESCM_CLIENT_REQUESTS": "1000000",
            "ESCM_ADDRESS_REQUESTS": "1000000",
            "ESCM_FAILED_AUTHENTICATIONS": "1000000",
            "PATH": "/usr/bin:/bin",
            "PYTHONUNBUFFERED": "1",
        }

    def _python(
        self, name: str, stage: Stage, environment: dict[str, str], ready: Any, module: str, *arguments: str
    ) -> Program:
        command = [sys.executable, "-m", module, *arguments]
        return Program(name, command, stage, environment, ready=ready, folder=PROJECT)

    def _process(self, program: Program) -> Process:
        process = Process(program, self._folder.log)
        self._processes.append(process)
        return process

    def _next_port(self) -> int:
        found = first_free(self._port)
        self._port = found + 1
        return found


@asynccontextmanager
async def open_cluster() -> AsyncIterator[Cluster]:
    """A cluster in a separate folder; both are removed at the end in every case."""
    cluster = Cluster(Path(tempfile.mkdtemp(prefix="escm-faults-")))
    try:
        await cluster.open()
        yield cluster
    finally:
        await cluster.close()
        shutil.rmtree(cluster.root, ignore_errors=True)
