"""The command `escm`."""

import asyncio
import json
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest
from typer.testing import CliRunner

from deploy.cli.main import app
from deploy.local.folder import PROJECT

runner = CliRunner()


@pytest.mark.parametrize(
    "command",
    [
        "up",
        "serve",
        "worker",
        "relay",
        "migrate",
        "backup",
        "restore",
        "openapi",
        "doctor",
        "admin",
        "audit",
        "demo",
        "jobs",
        "settings",
        "version",
    ],
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


def test_the_doctor_says_what_is_wrong_and_how_to_mend_it(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("/etc\n")
    dead = 2**22 + 1
    (tmp_path / "stack.json").write_text(json.dumps({"base_url": "http://127.0.0.1:9", "processes": {"relay": dead}}))
    unreachable = {"DATABASE_URL": "postgresql://a:b@127.0.0.1:9/c", "REDIS_URL": "redis://127.0.0.1:9/0"}
    found = runner.invoke(app, ["doctor", "--folder", str(tmp_path)], env=unreachable)
    assert found.exit_code == 1
    for words in (f"rm {tmp_path}", "no process: relay", "correct DATABASE_URL", "correct REDIS_URL"):
        assert words in found.output


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        ("NOLOGIN PASSWORD 'a'", "_backup may not log in"),
        ("LOGIN", "_backup has no password"),
        ("LOGIN PASSWORD 'a'", None),
    ],
)
def test_the_doctor_reports_a_backup_role_that_is_shut(
    tmp_path: Path, database_url: str, attributes: str, said: str | None
) -> None:
    prefix = f"doctored{uuid4().hex[:8]}"
    given = {"DATABASE_URL": database_url, "ESCM_ROLE_PREFIX": prefix, "COLUMNS": "200"}
    asyncio.run(_execute(database_url, f"CREATE ROLE {prefix}_backup {attributes}"))
    try:
        found = runner.invoke(app, ["doctor", "--folder", str(tmp_path)], env=given)
    finally:
        asyncio.run(_execute(database_url, f"DROP ROLE {prefix}_backup"))
    assert found.exit_code == (1 if said else 0), found.output
    assert f"{prefix}{said or '_backup is open'}" in found.output
    assert ("ESCM_BACKUP_DATABASE_PASSWORD" in found.output) is bool(said)


def test_a_command_without_a_database_says_what_to_set(tmp_path: Path) -> None:
    shown = runner.invoke(app, ["migrate"], env={"ESCM_LOCAL_FOLDER": str(tmp_path)})
    assert shown.exit_code == 1
    assert "DATABASE_URL is not set" in shown.output


def test_a_mistyped_setting_stops_a_command_with_its_name(tmp_path: Path) -> None:
    given = {"DATABASE_URL": "postgresql://a:b@127.0.0.1:9/c", "ESCM_ROLE_PREFFIX": "other"}
    shown = runner.invoke(app, ["migrate"], env=given)
    assert shown.exit_code == 1
    assert "ESCM_ROLE_PREFFIX is not a setting" in shown.output


def test_dead_letters_are_listed_and_replayed(database_url: str) -> None:
    letter = asyncio.run(_bury(database_url))
    given = {"DATABASE_URL": database_url}
    listed = runner.invoke(app, ["jobs", "list"], env={**given, "COLUMNS": "200"})
    assert listed.exit_code == 0, listed.output
    assert str(letter) in listed.output
    assert runner.invoke(app, ["jobs", "replay"], env=given).exit_code == 1
    replayed = runner.invoke(app, ["jobs", "replay", str(letter)], env=given)
    assert (replayed.exit_code, replayed.output) == (0, "1 replayed.\n")
    again = runner.invoke(app, ["jobs", "replay", str(letter)], env=given)
    assert again.exit_code == 1
    assert str(letter) in again.output


async def _execute(database_url: str, statement: str) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute(statement)
    await connection.close()


async def _bury(url: str) -> UUID:
    connection = await asyncpg.connect(url, server_settings={"search_path": "escm"})
    try:
        letter: UUID = await connection.fetchval(
            "INSERT INTO core_batch (service, bulk, positions, patterns, status, attempts, error, finished_at)"
            " VALUES ('centres', false, '{1}', '{}', 'failed', 8, 'ValueError', now()) RETURNING id"
        )
    finally:
        await connection.close()
    return letter
