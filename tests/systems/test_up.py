"""`escm up`, complete: the real services on embedded servers, killed and started again."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from deploy.local.processes import Identity
from tests.support.waiting import PATIENCE

_PROCESSES = {"postgres", "valkey", "api", "background"}


def _start(root: Path, port: int) -> "tuple[subprocess.Popen[bytes], dict[str, Any]]":
    """`escm up` in its folder, and its description once it is ready."""
    (root / "stack.json").unlink(missing_ok=True)
    environment = {
        name: value for name, value in os.environ.items() if name not in ("LANG", "LC_ALL", "ESCM_ENVIRONMENT")
    }
    command = [
        sys.executable,
        "-m",
        "deploy.cli",
        "up",
        "--no-report",
        "--with-parent",
        "--folder",
        str(root),
        "--port",
        str(port),
    ]
    said = root.with_name("said")
    with said.open("wb") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT)
    until = time.monotonic() + PATIENCE
    while not (root / "stack.json").exists():
        assert process.poll() is None, said.read_text()
        assert time.monotonic() < until, said.read_text()
        time.sleep(0.05)
    return process, json.loads((root / "stack.json").read_text())


def _identities(described: dict[str, Any]) -> list[Identity]:
    return [found for pid in described["processes"].values() if (found := Identity.of(pid)) is not None]


def _token(described: dict[str, Any]) -> httpx.Response:
    client = described["demo"]["clients"]["secretariat"]
    address = f"{described['base_url']}/access/v1/oauth/token"
    form = {"grant_type": "client_credentials"}
    return httpx.post(address, data=form, auth=(client["id"], client["secret"]), trust_env=False)


def test_the_whole_system_starts_survives_a_kill_and_stops(open_folder: Path, port: int) -> None:
    root = open_folder / ".local"
    process, described = _start(root, port)
    try:
        assert set(described["processes"]) == _PROCESSES
        assert set(described["metrics"]) == _PROCESSES - {"postgres", "valkey"}
        for address in described["metrics"].values():
            assert httpx.get(address, trust_env=False).status_code == 200
        assert _token(described).status_code == 200
        first = _identities(described)
    finally:
        process.kill()
        process.wait()

    process, described = _start(root, port)
    try:
        assert not any(identity.alive() for identity in first)
        assert _token(described).status_code == 200
        second = _identities(described)
    finally:
        process.send_signal(signal.SIGTERM)
        ended = process.wait(60)
    assert ended == 0
    assert not any(identity.alive() for identity in second)
    assert not (root / "stack.json").exists()
