"""A worker next to the app, callers whose grants are in the database, and files to send."""

import asyncio
import csv
import io
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from services.membership.app import create_app
from services.membership.settings import MembershipSettings
from services.membership.worker import create_worker
from shared.bulk import validation
from shared.messaging.relay import Relay
from shared.messaging.work_store import JobStore
from shared.messaging.worker import Worker
from tests.support.callers import Caller, serving
from tests.support.principals import enter_callers
from tests.support.stack import copy_template

Start = Callable[[str], "subprocess.Popen[bytes]"]
IMPORTS = "/membership/v1/imports"
EXPORTS = "/membership/v1/exports"
TABLES = (
    "member_participation",
    "member_congress",
    "member_support",
    "member_initiative_day",
    "member_initiative",
    "member_merge_part",
    "member_merge",
    "member_affiliation",
    "member_expert_value",
    "member_certificate_file",
    "member_certificate",
    "member_expert",
    "member_institution_value",
    "member_institution_relation",
    "member_institution",
    "core_import_row",
    "core_import_batch",
    "core_import_key",
    "core_import_identity",
    "core_import_effect",
    "core_import_duplicate",
    "core_import",
    "core_export",
    "core_job",
    "core_outbox",
    "core_fact",
    "core_audit",
    "core_idempotency",
    "core_count_delta",
    "core_count_day",
    "core_count",
)
SAMPLES = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="session")
def database_url(test_servers: dict[str, str], worker_number: int) -> str:
    """A separate database: a worker and a relay run on it, and tests empty its tables."""
    name = f"escm_imports_{worker_number}"
    asyncio.run(copy_template(test_servers["postgres"], name))
    return test_servers["postgres"] + name


@pytest.fixture(scope="session")
def redis_url(test_servers: dict[str, str], worker_number: int) -> str:
    return f"{test_servers['valkey']}/{32 + worker_number}"


@pytest.fixture(scope="session")
def settings(database_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> MembershipSettings:
    return MembershipSettings(
        database_url=database_url, redis_url=redis_url, storage_path=tmp_path_factory.mktemp("files")
    )


@pytest.fixture(scope="session")
async def service(settings: MembershipSettings) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(create_app(settings)) as client:
        yield client


@asynccontextmanager
async def working(*processes: Worker | Relay) -> AsyncIterator[None]:
    """Runs the processes while the block runs."""
    tasks = [asyncio.create_task(process.work()) for process in processes]
    try:
        yield
    finally:
        for process in processes:
            process.stop()
        await asyncio.gather(*tasks)


@pytest.fixture(scope="session")
async def worker(settings: MembershipSettings, principals: None) -> AsyncIterator[None]:
    async with working(create_worker(settings), Relay(settings, grace=0.5, lease=1.0, backoff=0.05)):
        yield


@pytest.fixture(scope="session")
async def principals(database_url: str) -> None:
    """The callers' accounts, clients and grants as rows: a job looks them up."""
    await enter_callers(database_url)


@pytest.fixture
def start(settings: MembershipSettings) -> Iterator[Start]:
    """Starts the worker or the relay as a separate process."""
    started: list[subprocess.Popen[bytes]] = []
    environment = {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "ESCM_STORAGE_PATH": str(settings.storage_path),
    }

    def start_one(what: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "tests.membership.imports.program", what]
        started.append(subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL))
        return started[-1]

    yield start_one
    for process in started:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGCONT)
        process.kill()
        process.wait()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """The superuser, on tables without any record, import or job."""
    connection = await asyncpg.connect(database_url, server_settings={"search_path": "escm"})
    await empty(connection)
    yield connection
    await connection.close()


async def empty(connection: asyncpg.Connection) -> None:
    """Deletes every row, even while jobs work on them."""
    for _ in range(5):
        with suppress(asyncpg.DeadlockDetectedError):
            await connection.execute(f"TRUNCATE {', '.join(TABLES)}")
            break


class Importer:
    """A caller who sends files and waits for the outcome."""

    def __init__(self, service: httpx.AsyncClient, name: str) -> None:
        self.caller = Caller(service, name)

    async def send(self, resource: str, content: bytes, name: str = "list.csv", **form: Any) -> httpx.Response:
        media, headers = form.pop("media", "text/csv"), form.pop("headers", {})
        files = {"file": (name, content, media)}
        return await self.caller.post(IMPORTS, files=files, data={"resource": resource, **form}, headers=headers)

    async def bring(self, resource: str, content: bytes, name: str = "list.csv", **form: Any) -> dict[str, Any]:
        """The result of the import's job."""
        response = await self.send(resource, content, name, **form)
        assert response.status_code == 202, response.text
        job = await self.end_of(response.headers["location"])
        assert job["status"] == "succeeded", job
        return dict(job["result"])

    async def end_of(self, job: str, within: float = 240.0) -> dict[str, Any]:
        loop = asyncio.get_running_loop()
        until = loop.time() + within
        while True:
            response = await self.caller.get(job)
            assert response.status_code == 200, response.text
            body: dict[str, Any] = response.json()
            if body["status"] not in ("queued", "running"):
                return body
            assert response.headers["retry-after"] == "1"
            assert loop.time() < until, body
            await asyncio.sleep(0.02)

    async def failures(self, result: dict[str, Any]) -> list[dict[str, str]]:
        response = await self.caller.get(result["failures_url"])
        assert response.status_code == 200, response.text
        assert response.headers["content-type"] == "text/csv; charset=utf-8"
        return list(csv.DictReader(io.StringIO(response.text)))

    async def undo(self, result: dict[str, Any]) -> httpx.Response:
        return await self.caller.step(f"{IMPORTS}/{result['import_id']}", "undo")


@pytest.fixture
def secretariat(service: httpx.AsyncClient, worker: None, database: asyncpg.Connection) -> Importer:
    return Importer(service, "secretariat")


@pytest.fixture
def alone(
    service: httpx.AsyncClient, principals: None, database: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> Importer:
    """The secretariat, with no worker for jobs except those that the test starts."""

    async def nothing(*_: object) -> None:
        return None

    monkeypatch.setattr(JobStore, "take", nothing)
    return Importer(service, "secretariat")


@pytest.fixture
def government(service: httpx.AsyncClient, worker: None, database: asyncpg.Connection) -> Importer:
    """XA's."""
    return Importer(service, "government_xa")


@pytest.fixture
def batches_of(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Sets how many rows a batch of imports has."""

    def set_rows(rows: int) -> None:
        monkeypatch.setattr(validation, "BATCH", rows)

    return set_rows


def csv_of(headings: str, rows: Iterable[Sequence[str]], delimiter: str = ",") -> bytes:
    """A CSV file; the headings are given with commas between them."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(headings.split(","))
    writer.writerows(rows)
    return text.getvalue().encode()


def counts(created: int = 0, updated: int = 0, unchanged: int = 0, failed: int = 0) -> dict[str, int]:
    return {"created": created, "updated": updated, "unchanged": unchanged, "failed": failed}


async def checksum(database: asyncpg.Connection, *, exact: bool = False) -> str:
    """Of all experts, affiliations, values and institutions; `exact` with ids, versions and times. Without what the
    matching job has found meanwhile."""
    matched = "match,match_status,match_candidates,matched_at"
    loose = f"- '{{id,ref,expert_id,institution_id,created_at,updated_at,version,updated_by,{matched}}}'::text[]"
    exactly = f"- '{{{matched}}}'::text[]"
    parts = [
        f"SELECT string_agg((to_jsonb(t) {exactly if exact else loose})::text, '|' ORDER BY"
        f" (to_jsonb(t) {exactly if exact else loose})::text) FROM {table} t"
        for table in (
            "member_expert",
            "member_affiliation",
            "member_expert_value",
            "member_institution",
            "member_institution_value",
        )
    ]
    return str(await database.fetchval(f"SELECT md5(concat_ws('#', ({'), ('.join(parts)})))"))


async def announced(database: asyncpg.Connection, entity: str, what: str) -> int:
    """The number of facts of this type, sequenced or not; requires all of them to be bulk."""
    rows = await database.fetch(
        "SELECT bulk FROM core_outbox WHERE type = $1 UNION ALL SELECT bulk FROM core_fact WHERE type = $1",
        f"escm.membership.{entity}.{what}.v1",
    )
    assert all(row["bulk"] for row in rows)
    return len(rows)
