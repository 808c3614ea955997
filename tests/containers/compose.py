"""The commands for docker-compose.yml, for a separate project."""

import asyncio
import json
import os
import shlex
import subprocess
from copy import copy
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
ONE_SHOT = {"migrate", "demo"}


class Compose:
    """`docker compose`, or the command in `COMPOSE`. `address` is the published address of the edge."""

    def __init__(self, project: str, address: str) -> None:
        self.project = project
        self.base_url = f"http://{address}"
        self._command = [*shlex.split(os.environ.get("COMPOSE") or "docker compose"), "--project-name", project]
        plain = {name: value for name, value in os.environ.items() if not name.startswith("ESCM_")}
        self._environment = {**plain, "EDGE_ADDRESS": address, "ESCM_ISSUER": self.base_url}
        self._environment["ESCM_ACTIONS_IATI_REF"] = "XM-DEMO-ESCM"

    def described_by(self, *files: Path, **settings: str) -> "Compose":
        """The same project by these files instead of docker-compose.yml, with these variables."""
        changed = copy(self)
        changed._command = [*self._command, *(word for file in files for word in ("--file", str(file)))]
        changed._environment = {**self._environment, **settings}
        return changed

    def attempt(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Runs one command to its end, whatever its status."""
        return subprocess.run(
            [*self._command, *words], cwd=ROOT, env=self._environment, capture_output=True, text=True, check=False
        )

    def run(self, *words: str) -> str:
        """The output of a successful command. AssertionError with all output otherwise."""
        done = self.attempt(*words)
        assert done.returncode == 0, f"{' '.join(words)}: {done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done.stdout

    def build(self) -> None:
        """Builds every image, once."""
        services = json.loads(self.run("config", "--format", "json"))["services"].items()
        self.run("build", *{service["image"]: name for name, service in services if "build" in service}.values())

    def up(self) -> None:
        """Starts stopped services; returns when all are healthy."""
        self.run("up", "--detach", "--wait")

    def execute(self, service: str, *words: str) -> str:
        """Runs a command within a service's container."""
        return self.run("exec", "-T", service, *words)

    def demo(self) -> dict[str, Any]:
        """The accounts and clients that the one-shot `demo` has made."""
        return dict(json.loads(self.run("run", "--rm", "-T", "--no-deps", "demo")))

    def services(self) -> list[str]:
        """Every service that keeps running."""
        return sorted(set(self.run("config", "--services").split()) - ONE_SHOT)


class Psql:
    """Reads as the superuser in the container, with the `fetch` of a connection."""

    def __init__(self, compose: Compose) -> None:
        self._compose = compose

    async def fetch(self, statement: str, parameter: str) -> list[dict[str, Any]]:
        """The rows of a statement with one parameter, a plain word."""
        asked = statement.replace("$1", f"'{parameter}'")
        rows = f"SELECT coalesce(json_agg(found), '[]') FROM ({asked}) found"
        psql = ("psql", "--username=postgres", "--dbname=escm", "--quiet", "--tuples-only", "--no-align")
        found = await asyncio.to_thread(self._compose.execute, "postgres", *psql, "--command", rows)
        return list(json.loads(found))
