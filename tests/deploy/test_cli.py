"""The command `escm`."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.cli.main import app
from deploy.local.folder import PROJECT

runner = CliRunner()


@pytest.mark.parametrize(
    "command", ["up", "serve", "worker", "relay", "migrate", "openapi", "doctor", "admin", "demo", "jobs", "version"]
)
def test_every_command_explains_itself(command: str) -> None:
    shown = runner.invoke(app, [command, "--help"])
    assert shown.exit_code == 0
    assert command in shown.output


def test_the_version_is_the_projects() -> None:
    shown = runner.invoke(app, ["version"]).output.strip()
    assert f'version = "{shown}"' in (PROJECT / "pyproject.toml").read_text()


def test_an_unknown_service_is_refused() -> None:
    assert runner.invoke(app, ["worker", "portal"]).exit_code == 2


def test_the_doctor_finds_a_working_stack_healthy(tmp_path: Path, database_url: str, redis_url: str) -> None:
    found = runner.invoke(
        app, ["doctor", "--folder", str(tmp_path)], env={"DATABASE_URL": database_url, "REDIS_URL": redis_url}
    )
    assert found.exit_code == 0, found.output
    for subject in ("Python", "embedded servers", "names in every script", "migrations", "queue"):
        assert subject in found.output


def test_the_doctor_tells_what_is_wrong_and_how_to_mend_it(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("/etc\n")
    dead = 2**22 + 1
    (tmp_path / "stack.json").write_text(json.dumps({"base_url": "http://127.0.0.1:9", "processes": {"relay": dead}}))
    unreachable = {"DATABASE_URL": "postgresql://a:b@127.0.0.1:9/c", "REDIS_URL": "redis://127.0.0.1:9/0"}
    found = runner.invoke(app, ["doctor", "--folder", str(tmp_path)], env=unreachable)
    assert found.exit_code == 1
    for words in (f"rm {tmp_path}", "no process: relay", "correct DATABASE_URL", "correct REDIS_URL"):
        assert words in found.output
