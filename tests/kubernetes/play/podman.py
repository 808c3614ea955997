"""The rendered workloads as pods of Podman, next to the databases and the edge of docker-compose.yml."""

import json
import os
import shlex
import subprocess
from typing import Any

import yaml

from tests.containers.compose import ROOT, Compose
from tests.kubernetes import helm

PODMAN = os.environ.get("PODMAN") or "podman"
"""The command."""
_SECRETS = ROOT / "deploy" / "containers" / "secrets"
_PROBES = ("startupProbe", "livenessProbe", "readinessProbe")
_IMAGES = {"image": {"tag": "latest", "pullPolicy": "Never"}}


class Pods:
    """`podman kube play`, or the command in `PODMAN`, on the networks of the containers."""

    def __init__(self, compose: Compose) -> None:
        self._podman = shlex.split(PODMAN)
        self._project = compose.project
        self._values = {**_IMAGES, "issuer": compose.base_url}
        self._played: list[str] = []

    def prepare(self) -> None:
        """Creates the Secret and the claim that the values name."""
        keys = {file.name: file.read_text().strip() for file in _SECRETS.iterdir()}
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "escm"}, "stringData": keys}
        claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "escm-files"}, "spec": {
            "accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "1Gi"}}}}  # fmt: skip
        self._play(secret, [])
        self._play(claim, [])

    def run(self, *command: str) -> str:
        """Runs the Job with a command to its end. AssertionError with its log if it fails."""
        described = self._rendered("Job", {"run": list(command)})["operations"]
        self._play(described, ["data"])
        container = f"{described['metadata']['name']}-pod-escm"
        status = self._do("wait", container).strip()
        log = self._do("logs", container)
        assert status == "0", log
        return log

    def start(self) -> list[str]:
        """Starts every Deployment, under the names that the edge and the portal call; returns the containers."""
        deployments = self._rendered("Deployment", {})
        for name, described in deployments.items():
            described["spec"]["replicas"] = 1  # Podman runs one
            (container,) = described["spec"]["template"]["spec"]["containers"]
            for probe in _PROBES:
                del container[probe]  # Podman asks with curl, which no image has
            networks = ["front"] if name == "portal" else ["front", "data"]
            self._play(described, networks, [name, f"escm-{name}"])
        return [f"escm-{name}-pod-escm" for name in deployments]

    def is_ready(self, container: str) -> bool:
        """Whether the process in a container says so."""
        name = container.removeprefix("escm-").removesuffix("-pod-escm")
        is_app = not name.startswith("worker-") and name != "relay"
        path = "readyz" if name == "portal" or not is_app else f"{name}/v1/readyz"
        probe = f"{8000 if is_app else 9000}/{path}"
        done = subprocess.run([*self._podman, "exec", container, "probe", probe], capture_output=True, check=False)
        return done.returncode == 0

    def stop(self) -> None:
        """Removes all that was played."""
        for text in reversed(self._played):
            subprocess.run([*self._podman, "kube", "down", "--force", "-"], input=text.encode(), check=False)
        subprocess.run([*self._podman, "volume", "rm", "--force", "escm"], check=False)  # the Secret's files

    def _rendered(self, kind: str, more: dict[str, Any]) -> dict[str, dict[str, Any]]:
        outcome = helm.template("trial", {**self._values, **more})
        assert outcome.succeeded, outcome.text
        found = [each for each in yaml.safe_load_all(outcome.text) if each and each["kind"] == kind]
        return {each["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/component"]: each for each in found}

    def _play(self, described: dict[str, Any], networks: list[str], aliases: list[str] | None = None) -> None:
        text = json.dumps(described)
        options = ":" + ",".join(f"alias={alias}" for alias in aliases) if aliases else ""
        words = [word for network in networks for word in ("--network", f"{self._project}_{network}{options}")]
        self._played.append(text)
        self._do("kube", "play", *words, "-", given=text)

    def _do(self, *words: str, given: str | None = None) -> str:
        done = subprocess.run([*self._podman, *words], input=given, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{' '.join(words)}: {done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done.stdout
