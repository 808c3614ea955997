"""The command `escm`."""

import asyncio
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest
from typer.testing import CliRunner

from deploy.cli.main import app
from deploy.local.folder import PROJECT
from tests.support.documents import agrees, commands_of, run, shown_in

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
        "account",
        "grant",
        "admin",
        "api",
        "audit",
        "client",
        "demo",
        "jobs",
        "mail",
        "secrets",
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


def test_a_command_without_a_database_says_what_to_set(tmp_path: Path) -> None:
    shown = runner.invoke(app, ["migrate"], env={"ESCM_LOCAL_FOLDER": str(tmp_path)})
    assert shown.exit_code == 1
    assert "DATABASE_URL is not set" in shown.output


def test_a_mistyped_setting_stops_a_command_with_its_name(tmp_path: Path) -> None:
    given = {"DATABASE_URL": "postgresql://a:b@127.0.0.1:9/c", "ESCM_ROLE_PREFFIX": "other"}
    shown = runner.invoke(app, ["migrate"], env=given)
    assert shown.exit_code == 1
    assert "ESCM_ROLE_PREFFIX is not a setting" in shown.output


def test_the_manual_makes_the_same_files_of_secrets(tmp_path: Path) -> None:
    (commands,), (shown,) = commands_of("operations.md", "Containers"), shown_in("operations.md", "Containers")
    said = run(commands, tmp_path)
    assert agrees(shown, said), said
    found = {file.name: file for file in (tmp_path / "secrets").iterdir()}
    assert found.keys() == {file.name for file in (PROJECT / "deploy/containers/secrets").iterdir()}
    assert {file.stat().st_mode & 0o777 for file in found.values()} == {0o444}
    assert found["postgres_password"].read_text().strip() in found["database_url"].read_text()


def test_secrets_are_generated_once_and_fit_production(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    made = runner.invoke(app, ["secrets", "generate", str(folder), "--database", "db:5432"])
    assert made.exit_code == 0, made.output
    found = {file.name: file.read_text().strip() for file in folder.iterdir()}
    assert found.keys() == {file.name for file in (PROJECT / "deploy/containers/secrets").iterdir()}
    assert found["database_url"] == f"postgresql://postgres:{found['postgres_password']}@db:5432/escm"
    assert found["valkey.conf"].removeprefix("requirepass ") in found["redis_url"]
    assert all(file.stat().st_mode & 0o777 == 0o444 for file in folder.iterdir())
    given = {
        "ESCM_ENVIRONMENT": "production",
        "ESCM_ISSUER": "https://api.example.org",
        "DATABASE_URL": found["database_url"],
    }
    given |= {
        "ESCM_SECRET_KEY": found["secret_key"],
        "ESCM_ROLE_PASSWORD": found["role_password"],
        "REDIS_URL": found["redis_url"],
    }
    given |= {"ESCM_FICTIONAL_COUNTRIES": "false", "ESCM_SMTP_URL": "smtp://mail.example.org:587"}
    shown = runner.invoke(app, ["settings"], env=given)
    assert shown.exit_code == 0, shown.output
    again = runner.invoke(app, ["secrets", "generate", str(folder)])
    assert (again.exit_code, {file.name: file.read_text().strip() for file in folder.iterdir()}) == (1, found)


def test_dead_letters_are_listed_shown_and_retried(database_url: str) -> None:
    letter = asyncio.run(_bury(database_url))
    given = {"DATABASE_URL": database_url}
    listed = runner.invoke(app, ["jobs", "list"], env={**given, "COLUMNS": "200"})
    assert listed.exit_code == 0, listed.output
    assert str(letter) in listed.output
    shown = runner.invoke(app, ["jobs", "show", str(letter)], env=given)
    assert (shown.exit_code, shown.output.split()[1]) == (0, str(letter))
    assert "status      failed\n" in shown.output
    assert runner.invoke(app, ["jobs", "show", str(uuid4())], env=given).exit_code == 1
    assert runner.invoke(app, ["jobs", "retry"], env=given).exit_code == 1
    replayed = runner.invoke(app, ["jobs", "retry", str(letter)], env=given)
    assert (replayed.exit_code, replayed.output) == (0, "1 queued again.\n")
    again = runner.invoke(app, ["jobs", "retry", str(letter)], env=given)
    assert again.exit_code == 1
    assert str(letter) in again.output


def test_what_runs_is_listed_with_how_far_it_is(database_url: str) -> None:
    job = asyncio.run(_begin(database_url))
    given = {"DATABASE_URL": database_url, "COLUMNS": "200"}
    listed = runner.invoke(app, ["jobs", "list", "--running"], env=given)
    assert listed.exit_code == 0, listed.output
    (line,) = (line for line in listed.output.splitlines() if str(job) in line)
    assert ("400/1200" in line, "client:1" in line, "stalled" in line) == (True, True, True)
    assert str(job) not in runner.invoke(app, ["jobs", "list"], env=given).output


async def _begin(url: str) -> UUID:
    connection = await asyncpg.connect(url, server_settings={"search_path": "escm"})
    try:
        job: UUID = await connection.fetchval(
            "INSERT INTO core_job (id, service, job_type, payload, created_by, bulk, principal, status, done, total,"
            " lease_expires_at) VALUES ($1, 'membership', 'member_expert_import', '{}', 'client:1', true, 'client:1',"
            " 'running', 400, 1200, now() - interval '1 minute') RETURNING id",
            uuid4(),
        )
    finally:
        await connection.close()
    return job


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
