"""PostgreSQL in containers archives its WAL, and the second before a deletion is restored from it."""

import shlex
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.local.account import Account
from deploy.local.archive import Archive
from tests.containers.compose import ROOT, Compose, Psql
from tests.containers.test_containers import _all_ready
from tests.faults.clients import Client
from tests.faults.history import History
from tests.support.documents import agrees, commands_of, shown_in
from tests.support.waiting import eventually

_BASE, _RESTORE, _REPLACE, _REMOVE = commands_of("operations.md", "Point in time in containers")
_SHOWN = shown_in("operations.md", "Point in time in containers")[0]
_FILES = (ROOT / "docker-compose.yml", ROOT / "deploy/containers/archive.yml")
_SETTINGS = "SELECT name, setting FROM pg_settings WHERE name LIKE $1 || '%'"


@pytest.fixture
def archiving(containers: Compose) -> Iterator[Compose]:
    """The containers, whose server archives."""
    with tempfile.TemporaryDirectory(prefix="escm-archive-") as folder:
        Path(folder).chmod(0o777)  # the server has another uid
        found = containers.described_by(*_FILES, ARCHIVE=folder)
        found.run("up", "--detach", "--wait", "postgres")
        yield found
        containers.run("up", "--detach", "--wait", "postgres")
        found.run(
            "run", "--rm", "-T", "--no-deps", "--entrypoint", "rm", "postgres", "-r", "/archive/wal", "/archive/base"
        )


async def test_the_second_before_a_deletion_is_restored(
    archiving: Compose, client: Client, history: History, tmp_path: Path
) -> None:
    def run(commands: str, until: datetime | None = None) -> str:
        return _run(archiving, commands.replace("2026-11-29T08:20:05Z", f"{until:%FT%TZ}" if until else ""), tmp_path)

    async def refused(until: datetime, fault: str) -> None:
        run(f"{_RESTORE.strip()} || true", until)
        await eventually(lambda: _contains(archiving, fault))

    database = Psql(archiving)
    settings = {row["name"]: row["setting"] for row in await database.fetch(_SETTINGS, "archive_")}
    assert Archive(Path("/archive"), Account.current()).settings.items() <= settings.items()
    await eventually(lambda: _all_ready(client), within=60)
    began = datetime.now(UTC)
    archiving.execute("postgres", "mkdir", "/archive/base/20200101T000000Z")
    assert agrees(_SHOWN, run(_BASE))
    assert "20200101T000000Z" not in archiving.execute("postgres", "ls", "/archive/base")
    early, late = f"{history.prefix}early", f"{history.prefix}late"
    assert await history.attempt(early, client.create(early, key=early)) == "ok"
    before = datetime.now(UTC) + timedelta(seconds=1)
    await eventually(lambda: _is_past(before))
    _execute(archiving, "TRUNCATE escm.member_expert CASCADE")
    assert (await client.create(late, key=late)).status_code == 201
    segment = _execute(archiving, "SELECT pg_walfile_name(pg_switch_wal())")
    await eventually(lambda: _is_archived(database, segment))
    await refused(began, "No base backup ended by")
    await refused(
        datetime.now(UTC) + timedelta(hours=1), "recovery ended before configured recovery target was reached"
    )
    run(_RESTORE, before)
    assert "changes that are not in the backup are lost" in run(_REPLACE)
    run(_REMOVE)
    await eventually(lambda: _all_ready(client), within=60)
    assert await history.faults(database) == []
    assert await database.fetch("SELECT id FROM escm.member_expert WHERE names->0->>'family' = $1", late) == []


def _run(containers: Compose, commands: str, folder: Path) -> str:
    """What commands of a page print. AssertionError if one fails."""
    script = f'set -eu\ndocker() {{ shift; {shlex.join(containers._command)} "$@"; }}\n{commands}'
    words, environment = ["bash", "-c", script], containers._environment
    done = subprocess.run(words, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def _execute(containers: Compose, statement: str) -> str:
    psql = ("psql", "--username=postgres", "--dbname=escm", "--quiet", "--tuples-only", "--no-align")
    return containers.execute("postgres", *psql, "--command", statement).strip()


async def _contains(containers: Compose, text: str) -> bool:
    return text in containers.run("logs", "restored")


async def _is_past(moment: datetime) -> bool:
    return datetime.now(UTC) > moment


async def _is_archived(database: Psql, segment: str) -> bool:
    (found,) = await database.fetch("SELECT last_archived_wal >= $1 AS done FROM pg_stat_archiver", segment)
    return bool(found["done"])
