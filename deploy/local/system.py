"""The system's own processes and their ports."""

import sys
from collections.abc import Mapping
from pathlib import Path

from deploy.local.child import Program, Stage
from deploy.local.folder import WORKING
from deploy.local.ports import HOST, first_free
from deploy.local.readiness import readiness_check
from deploy.local.services import DEFAULT_PORT, WITH_WORKER

_METRICS_ABOVE = 100
"""The search for ports of `/metrics` and of the background's `/readyz` begins this far above the address's port."""


class System:
    """The processes of a laptop: all apps in one, and all workers with the relay in another."""

    def __init__(self, preferred_port: int = DEFAULT_PORT, *, python: Path = Path(sys.executable)) -> None:
        self.port = first_free(preferred_port)
        self.base_url = f"http://{HOST}:{self.port}"
        self._python = python
        self._metrics_ports: dict[str, int] = {}
        for name in ("api", "background"):
            above = self.port + _METRICS_ABOVE
            self._metrics_ports[name] = first_free(above, {*self._metrics_ports.values(), self.port})

    @property
    def metrics(self) -> dict[str, str]:
        return {name: f"http://{HOST}:{port}/metrics" for name, port in self._metrics_ports.items()}

    def programs(self, environment: Mapping[str, str]) -> list[Program]:
        health = [f"{self.base_url}/{name}/v1/{probe}" for name in WITH_WORKER for probe in ("livez", "readyz")]
        portal = [f"{self.base_url}/{probe}" for probe in ("livez", "readyz")]
        serve = ["serve", "all", "--port", str(self.port), "--grace", "2"]
        return [
            self._program("api", Stage.APPS, serve, environment, [*health, *portal]),
            self._program("background", Stage.WORKERS, ["worker", "all"], environment),
        ]

    def _program(
        self,
        name: str,
        stage: Stage,
        arguments: list[str],
        environment: Mapping[str, str],
        health: list[str] | None = None,
    ) -> Program:
        port = self._metrics_ports[name]
        return Program(
            name=name,
            command=[str(self._python), "-m", "deploy.cli", *arguments],
            stage=stage,
            environment={**environment, "ESCM_METRICS_PORT": str(port), "PYTHONUNBUFFERED": "1"},
            ready=readiness_check(health or [f"http://{HOST}:{port}/readyz"]),
            folder=WORKING,
        )
