"""The wheel: one package with what a running system reads, from which `escm up` runs in an empty folder."""

import json
import os
import signal
import subprocess
import time
import zipfile
from pathlib import Path
from typing import Any

import httpx

from deploy.local.folder import PROJECT
from deploy.local.processes import Identity
from tests.support.waiting import PATIENCE


def _own() -> dict[str, str]:
    """The environment without that of the tests."""
    left_out = ("ESCM_", "PYTHON", "DATABASE_URL", "REDIS_URL")
    return {name: value for name, value in os.environ.items() if not name.startswith(left_out)}


def _states(folder: Path) -> dict[str, tuple[int, int]]:
    found = {str(path.relative_to(folder)): path.lstat() for path in folder.rglob("*")}
    return {name: (state.st_size, state.st_mtime_ns) for name, state in found.items()}


def _described(process: "subprocess.Popen[bytes]", folder: Path, said: Path) -> dict[str, Any]:
    until = time.monotonic() + PATIENCE
    while not (folder / ".local" / "stack.json").exists():
        assert process.poll() is None, said.read_text()
        assert time.monotonic() < until, said.read_text()
        time.sleep(0.05)
    return dict(json.loads((folder / ".local" / "stack.json").read_text()))


def test_its_one_package_has_the_files_that_a_running_system_reads(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {name.partition("/")[0] for name in names} == {"escm", f"{'-'.join(wheel.name.split('-')[:2])}.dist-info"}
    folders = ("services", "shared", "migrations", "deploy/cli", "deploy/local", "deploy/backup", "docs")
    client = "clients/python/escm_client"
    left_out = (":!docs/decisions", ":!docs/development")
    listed = subprocess.run(
        ["git", "ls-files", *folders, client, *left_out], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    needed = {f"escm/{name}" for name in listed.stdout.splitlines() if not name.endswith("requirements.lock")}
    assert needed - names == set()
    assert [name for name in names if "secrets/" in name or "__pycache__" in name] == []


def test_the_system_runs_in_an_empty_folder(installed: Path, open_folder: Path, port: int) -> None:
    before = _states(installed)
    folder = open_folder / "empty"
    folder.mkdir()
    said = open_folder / "said"
    command = [str(installed / "bin" / "escm"), "up", "--no-report", "--port", str(port)]
    with said.open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, env=_own(), stdout=output, stderr=subprocess.STDOUT)
    try:
        described = _described(process, folder, said)
        with httpx.Client(base_url=described["base_url"], trust_env=False, timeout=60) as http:
            assert "ESCM" in http.get("/").raise_for_status().text
            assert "escm migrate" in http.get("/guides/operations").raise_for_status().text
            assert http.get("/membership/v1/experts").raise_for_status().json()["items"]
        running = [found for pid in described["processes"].values() if (found := Identity.of(pid))]
    finally:
        process.send_signal(signal.SIGINT)
        ended = process.wait(60)
    assert ended == 0, said.read_text()
    assert not any(identity.alive() for identity in running)
    assert [path.name for path in folder.iterdir()] == [".local"]
    assert _states(installed) == before


def test_commands_that_write_files_of_a_clone_are_left_out(installed: Path, tmp_path: Path) -> None:
    program = str(installed / "bin" / "escm")
    shown = subprocess.run([program, "version"], cwd=tmp_path, env=_own(), capture_output=True, text=True, check=True)
    assert f'version = "{shown.stdout.strip()}"' in (PROJECT / "pyproject.toml").read_text()
    refused = subprocess.run([program, "matrix"], cwd=tmp_path, env=_own(), capture_output=True, text=True, check=False)
    assert (refused.returncode, list(tmp_path.iterdir())) == (2, [])
    assert "No such command" in refused.stderr


def test_the_command_line_of_the_client_is_part_of_it(installed: Path, tmp_path: Path) -> None:
    program = str(installed / "bin" / "escm")
    own = {**_own(), "ESCM_API_LOGIN": str(tmp_path / "login.json")}
    shown = subprocess.run(
        [program, "api", "whoami"], cwd=tmp_path, env=own, capture_output=True, text=True, check=False
    )
    assert (shown.returncode, "nobody has logged in" in shown.stderr) == (1, True), shown.stderr
