"""The command `escm doctor`: what is wrong, and how to mend it."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from typer.testing import CliRunner

from deploy.cli.main import app
from tests.support.doctor import doctor
from tests.support.mailbox import Mailbox

runner = CliRunner()


@pytest.fixture(scope="module")
def database_url(database_named: Callable[[str], str]) -> str:
    """A database of which no worker of other tests was seen."""
    return database_named("doctored")


def test_the_doctor_finds_a_working_stack_healthy(tmp_path: Path, database_url: str, redis_url: str) -> None:
    status, found = doctor(tmp_path, database_url, REDIS_URL=redis_url)
    assert (status, [one for one in found.values() if not one["right"]]) == (0, [])
    subjects = {
        "Python",
        "embedded servers",
        "names in every script",
        "migrations",
        "queue",
        "workers",
        "relay",
        "clock",
    }
    assert found.keys() > subjects | {"mail"}


def test_the_doctor_compares_the_connections_of_processes_with_those_of_the_server(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found(*options: str) -> Any:
        return doctor(tmp_path, database_url, *options)[1]["connections"]

    assert found()["right"] is True
    many = found("--apps", "40", "--workers", "2", "--relays", "2")
    assert (many["right"], "raise max_connections" in many["mend"]) == (False, True)
    monkeypatch.setenv("ESCM_DATABASE_POOLER", "127.0.0.1:6432")
    assert found("--apps", "40")["right"] is True


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


@pytest.mark.parametrize(
    ("statement", "subject", "said"),
    [
        ("UPDATE escm.core_consumer SET seen_at = now() - interval '2 hours'", "workers", "membership not for 2:00:0"),
        ("UPDATE escm.core_lease SET expires_at = now() - interval '3 minutes'", "relay", "none leads since 0:03:0"),
    ],
)
def test_the_doctor_misses_what_does_not_run(
    tmp_path: Path, database_url: str, statement: str, subject: str, said: str
) -> None:
    for each in (
        "INSERT INTO escm.core_consumer (service, bulk) VALUES ('membership', false)",
        "INSERT INTO escm.core_lease (name, holder, expires_at) VALUES ('relay', uuidv7(), now())",
    ):
        asyncio.run(_execute(database_url, each))
    assert doctor(tmp_path, database_url)[1][subject]["right"]
    asyncio.run(_execute(database_url, statement))
    status, found = doctor(tmp_path, database_url)
    asyncio.run(_execute(database_url, "DELETE FROM escm.core_consumer"))
    asyncio.run(_execute(database_url, "DELETE FROM escm.core_lease"))
    assert (status, found[subject]["right"]) == (1, False)
    assert found[subject]["detail"].startswith(said)
    assert "escm" in found[subject]["mend"]


def test_the_doctor_misses_a_worker_that_has_never_run_once_a_job_waits_for_it(
    tmp_path: Path, database_url: str
) -> None:
    waiting = (
        "INSERT INTO escm.core_job (id, service, job_type, payload, created_by, principal, bulk, due_at) VALUES"
        " (uuidv7(), 'publishing', 'read_manuscript', '{}', 'system', 'system', false, now() - interval '10 minutes')"
    )
    asyncio.run(_execute(database_url, waiting))
    status, found = doctor(tmp_path, database_url)
    asyncio.run(_execute(database_url, "DELETE FROM escm.core_job"))
    said = found["workers"]
    assert (status, said["right"]) == (1, False)
    assert said["detail"].startswith("publishing has never run, and a job waits for it since 0:10:0")
    assert doctor(tmp_path, database_url)[1]["workers"]["right"]


def test_the_doctor_reaches_the_mail_server(tmp_path: Path, database_url: str, mailbox: Mailbox) -> None:
    assert doctor(tmp_path, database_url, ESCM_SMTP_URL=mailbox.url)[1]["mail"]["right"]
    status, found = doctor(tmp_path, database_url, ESCM_SMTP_URL="smtp://me:hidden@127.0.0.1:9")
    assert (status, found["mail"]["right"]) == (1, False)
    assert "hidden" not in json.dumps(found)


def test_a_test_mail_arrives_or_says_why_not(tmp_path: Path, mailbox: Mailbox) -> None:
    to = f"{uuid4().hex}@example.org"
    sent = runner.invoke(app, ["mail", "test", to], env={"ESCM_SMTP_URL": mailbox.url})
    assert (sent.exit_code, "accepted by the mail server" in sent.output) == (0, True), sent.output
    assert [one["Subject"] for one in mailbox.received([to])] == ["Test of the mail server"]
    kept = runner.invoke(app, ["mail", "test", to], env={"ESCM_MAIL_FOLDER": str(tmp_path)})
    assert (kept.exit_code, len(list(tmp_path.iterdir()))) == (0, 1), kept.output
    refused = runner.invoke(app, ["mail", "test", to], env={"ESCM_SMTP_URL": "smtp://127.0.0.1:9"})
    assert (refused.exit_code, "the mail was not sent" in refused.output) == (1, True)
    assert runner.invoke(app, ["mail", "test", "nobody"]).exit_code == 1


async def _execute(database_url: str, statement: str) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute(statement)
    await connection.close()
