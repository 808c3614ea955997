"""A worker next to the app, callers whose grants are in the database, and files to send."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from pathlib import Path

import asyncpg
import httpx
import pytest

from services.membership.app import create_app
from services.membership.settings import MembershipSettings
from services.membership.worker import create_worker
from shared.bulk import validation
from shared.messaging.relay import Relay
from shared.messaging.work_store import JobStore
from tests.support.callers import serving
from tests.support.imports import Importer, Start, starting
from tests.support.principals import enter_callers
from tests.support.waiting import eventually
from tests.support.workers import at_work

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
def database_url(database_named: Callable[[str], str]) -> str:
    """A separate database: a worker and a relay run on it, and tests empty its tables."""
    return database_named("imports")


@pytest.fixture(scope="session")
def redis_url(new_queue: Callable[[], str]) -> str:
    return new_queue()


@pytest.fixture(scope="session")
def settings(database_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> MembershipSettings:
    return MembershipSettings(
        database_url=database_url, redis_url=redis_url, storage_path=tmp_path_factory.mktemp("files")
    )


@pytest.fixture(scope="session")
async def service(settings: MembershipSettings) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(create_app(settings)) as client:
        yield client


@pytest.fixture(scope="package")
async def worker(settings: MembershipSettings, principals: None) -> AsyncIterator[None]:
    async with at_work(create_worker(settings), Relay(settings, grace=0.5, lease=1.0, backoff=0.05)):
        yield


@pytest.fixture(scope="session")
async def principals(database_url: str) -> None:
    """The callers' accounts, clients and grants as rows: a job looks them up."""
    await enter_callers(database_url)


@pytest.fixture
def start(settings: MembershipSettings) -> Iterator[Start]:
    """Starts the worker or the relay as a separate process."""
    with starting("tests.membership.imports.program", settings) as start_one:
        yield start_one


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """The superuser, on tables without any record, import or job."""
    connection = await asyncpg.connect(database_url, server_settings={"search_path": "escm"})
    await empty(connection)
    yield connection
    await connection.close()


async def empty(connection: asyncpg.Connection) -> None:
    """Deletes every row, even while jobs work on them: what they have written and not committed is waited for, as is
    whatever takes the tables in another order. To delete few rows of many tables takes less than to truncate these; no
    trigger runs, and no reference is checked."""

    async def is_done() -> bool:
        with suppress(asyncpg.DeadlockDetectedError):
            async with connection.transaction():
                await connection.execute("SET LOCAL session_replication_role = 'replica'")
                await connection.execute("SET LOCAL deadlock_timeout = '20ms'")
                await connection.execute(f"LOCK TABLE {', '.join(TABLES)} IN SHARE ROW EXCLUSIVE MODE")
                await connection.execute("".join(f"DELETE FROM {table};" for table in TABLES))
            return True
        return False

    await eventually(is_done)


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
