"""Helm: its program, or else its library."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.kubernetes import tools

ROOT = Path(__file__).parents[2]
CHART = ROOT / "deploy" / "kubernetes"
VALUES = Path(__file__).parent / "values"
NAMESPACE = "escm-system"


@dataclass(frozen=True)
class Outcome:
    """What a command of Helm has printed, and whether it succeeded."""

    succeeded: bool
    text: str


def lint(values: str, chart: Path = CHART) -> Outcome:
    """`helm lint --strict` with a file of values."""
    file = VALUES / f"{values}.yaml"
    if program := tools.helm():
        return _program(program, "lint", str(chart), "--strict", "--values", str(file))
    outcome = _library("helm_lint", {"paths": [str(chart)], "values_files": [str(file)], "strict": True})
    return Outcome(outcome.succeeded and json.loads(outcome.text)["passed"], outcome.text)


def template(
    values: str | None,
    more: Mapping[str, Any] | None = None,
    *,
    minor: str = "1.37",
    chart: Path = CHART,
    helm: str = "v4",
    namespace: str = NAMESPACE,
) -> Outcome:
    """`helm template` of a release `escm` for a minor version of Kubernetes, with a file of values and more of them.
    `helm` is the version of its library."""
    with TemporaryDirectory() as folder:
        given = Path(folder) / "more.yaml"
        given.write_text(json.dumps(more or {}))
        files = [*([str(VALUES / f"{values}.yaml")] if values else []), str(given)]
        if program := tools.helm():
            words = [word for file in files for word in ("--values", file)]
            fixed = ("--namespace", namespace, "--kube-version", f"{minor}.0")
            return _program(program, "template", "escm", str(chart), *fixed, *words)
        arguments = {
            "release_name": "escm", "chart": str(chart), "namespace": namespace, "kube_version": f"{minor}.0",
            "values_files": files, "helm_version": helm,
        }  # fmt: skip
        return _library("helm_template", arguments)


def notes(more: Mapping[str, Any], namespace: str) -> str:
    """What `helm install` says about a release `escm` with these values. It makes nothing."""
    with TemporaryDirectory() as folder:
        given = Path(folder) / "values.yaml"
        given.write_text(json.dumps(more))
        if program := tools.helm():
            words = ("--namespace", namespace, "--dry-run=client", "--values", str(given))
            outcome = _program(program, "install", "escm", str(CHART), *words)
            return outcome.text.partition("NOTES:\n")[2]
        asked = {"release_name": "escm", "chart": str(CHART), "namespace": namespace, "dry_run": "client"}
        outcome = _library("helm_install", {**asked, "values_files": [str(given)]})
        return str(json.loads(outcome.text)["notes"])


def _program(program: str, *words: str) -> Outcome:
    done = subprocess.run([program, *words], capture_output=True, text=True, check=False, timeout=60)
    return Outcome(done.returncode == 0, done.stdout if done.returncode == 0 else done.stdout + done.stderr)


def _library(tool: str, arguments: Mapping[str, Any]) -> Outcome:
    calls: tuple[dict[str, Any], ...] = (
        {"method": "initialize", "params": {"protocolVersion": "2024-11-05", "capabilities": {}, "clientInfo": {
            "name": "tests", "version": "0"}}, "id": 1},
        {"method": "notifications/initialized", "params": {}},
        {"method": "tools/call", "params": {"name": tool, "arguments": arguments}, "id": 2},
    )  # fmt: skip
    with subprocess.Popen(
        [tools.helm_server()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        try:
            assert server.stdin is not None
            assert server.stdout is not None
            for call in calls:
                server.stdin.write(json.dumps({"jsonrpc": "2.0", **call}) + "\n")
            server.stdin.flush()
            result = next(answer for line in server.stdout if (answer := json.loads(line)).get("id") == 2)["result"]
        finally:
            server.kill()
    text = "\n".join(part.get("text", "") for part in result["content"])
    return Outcome(not result.get("isError", False), text)
