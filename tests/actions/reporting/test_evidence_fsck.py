"""The check of stored files finds damage and removes what no record names."""

import hashlib
import os
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from typer.testing import CliRunner

from deploy.cli.main import app
from services.actions.reporting.evidence_checks.jobs import CHECK_JOB, Findings, check, order_check
from services.actions.settings import ActionsSettings
from services.actions.worker import create_worker
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import now
from shared.storage.objects import ObjectStore
from tests.support.callers import Caller
from tests.support.evidence import EVIDENCE, evidence, stored

Callers = Callable[[str | None], Caller]


async def _check(database: Database, settings: ActionsSettings) -> Findings:
    async def ignore(_files: int) -> None:
        """The progress."""

    begin = partial(unit_of_work, database, SYSTEM_CONTEXT)
    return await check(begin, ObjectStore(settings.objects_url), ignore)


def _orphan(settings: ActionsSettings, hours: int) -> Path:
    """A stored file without a record, of so many hours ago."""
    content = uuid4().bytes
    digest = hashlib.sha256(content).hexdigest()
    path = settings.storage_path / "evidence" / digest[:2] / digest
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (0, (now() - timedelta(hours=hours)).timestamp()))
    return path


async def test_damage_is_found_and_so_is_its_end(
    caller: Callers, database: Database, settings: ActionsSettings
) -> None:
    author = caller("author_xa")
    contents = {name: uuid4().bytes.hex().encode() for name in ("intact", "altered", "lost")}
    paths = {name: await evidence(author, content) for name, content in contents.items()}
    files = {name: stored(settings)[hashlib.sha256(content).hexdigest()] for name, content in contents.items()}
    files["altered"].write_bytes(b"x")
    files["lost"].unlink()
    for _ in range(2):
        found = await _check(database, settings)
    assert found.damaged >= 2
    records = {name: (await author.get(path)).json() for name, path in paths.items()}
    assert {name: record["integrity"]["state"] for name, record in records.items()} == {
        "intact": "intact",
        "altered": "damaged",
        "lost": "damaged",
    }
    assert (records["intact"]["version"], records["altered"]["version"]) == (1, 2)
    damaged = (await author.get(f"{EVIDENCE}?integrity=damaged&limit=200")).json()["items"]
    assert {records["altered"]["id"], records["lost"]["id"]} <= {item["id"] for item in damaged}
    assert files["altered"].read_bytes() == b"x", "a damaged file stays"
    for name in ("altered", "lost"):
        files[name].write_bytes(contents[name])
    await _check(database, settings)
    for name in ("altered", "lost"):
        record = (await author.get(paths[name])).json()
        assert (record["integrity"]["state"], record["version"]) == ("intact", 3)


async def test_a_file_without_a_record_is_removed_after_a_day(
    caller: Callers, database: Database, settings: ActionsSettings
) -> None:
    content = uuid4().bytes.hex().encode()
    await evidence(caller("author_xa"), content)
    named = stored(settings)[hashlib.sha256(content).hexdigest()]
    os.utime(named, (0, 0))
    old, young = _orphan(settings, 25), _orphan(settings, 23)
    assert (await _check(database, settings)).removed == 1
    assert (named.exists(), old.exists(), young.exists()) == (True, False, True)


async def test_the_worker_checks_every_week(
    database: Database, superuser: asyncpg.Connection, settings: ActionsSettings
) -> None:
    worker = create_worker(settings)
    assert worker._schedules["check_evidence"].every == timedelta(days=7)
    assert CHECK_JOB in worker._jobs
    queued = "SELECT count(*) FROM core_job WHERE service = 'actions' AND job_type = $1"
    before = await superuser.fetchval(queued, CHECK_JOB)
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await order_check(uow)
    assert await superuser.fetchval(queued, CHECK_JOB) == before + 1


@pytest.fixture
def environment(settings: ActionsSettings) -> dict[str, str]:
    return {"DATABASE_URL": settings.database_url, "ESCM_STORAGE_PATH": str(settings.storage_path)}


def test_the_command_reports_and_fails_for_damage(settings: ActionsSettings, environment: dict[str, str]) -> None:
    orphan = _orphan(settings, 25)
    run = CliRunner().invoke(app, ["evidence", "fsck"], env=environment)
    assert " without a record removed." in run.output, run.output
    assert (run.exit_code == 0) is (" 0 damaged or lost" in run.output)
    assert not orphan.exists()
