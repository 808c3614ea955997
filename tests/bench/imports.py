"""Imports of experts through the real worker and the real relay: of a million, with the worker's peak memory; and of
fewer whose affiliations are matched to 20,000 institutions. `BENCH_IMPORT_ROWS` reduces both."""

import asyncio
import os
import random
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from statistics import quantiles
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg

from deploy import demo
from services.membership import worker as membership
from services.membership.access import ROLES
from services.membership.protection.privacy.operations import SUBJECT_EXPORT
from services.membership.protection.privacy.operations import order as order_subject_export
from services.membership.register.affiliations.operations import MATCH_JOB
from services.membership.register.experts.jobs import HEADINGS
from services.membership.register.experts.operations import EXPERTS
from services.membership.settings import MembershipSettings
from shared.bulk.creators import principal_of
from shared.bulk.imports import Order, order_import
from shared.bulk.layout import examine
from shared.bulk.store import files_of
from shared.configuration.settings import Settings
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.statements import Row
from shared.database.unit_of_work import Origin, unit_of_work
from shared.kernel.principal import Principal
from shared.messaging.notifier import Notifier
from shared.records.access_scope import access_scope_for
from tests.bench.institutions import invented, load
from tests.bench.people import COUNTRY_CODES, names
from tests.bench.perturbations import PERTURBATIONS
from tests.bench.servers import ANY_CORE, API_CORE, WORKING, Addresses, alone, peak_memory_mb, running, until

ROWS = 1_000_000
MATCHED = 100_000
BUSY_ROWS = 150_000
_COLUMNS = ("given_names", "family_name", "country", "institution", "role", "topic", "email")
_ENDED = ("succeeded", "failed", "cancelled")
_NIGHTLY = [f"membership.{name}" for name, one in membership.SCHEDULES.items() if one.every >= timedelta(days=1)]
_NIGHT_IS_OVER = """
WITH left_over AS (
    UPDATE escm.core_job SET status = 'cancelled', finished_at = clock_timestamp() WHERE finished_at IS NULL
)
INSERT INTO escm.core_schedule (name, tick, job)
SELECT name, date_trunc('day', now(), 'UTC'), uuidv7() FROM unnest($1::text[]) name ON CONFLICT DO NOTHING
"""
"""Marks daily and earlier work as done: a new worker would start with it, which takes minutes for a million records."""
_CAUGHT_UP = """
SELECT NOT EXISTS (SELECT FROM escm.core_outbox)
    AND NOT EXISTS (SELECT FROM escm.core_batch WHERE service = $1 AND status <> 'succeeded')
"""
"""Whether everything that other benches wrote without a relay is delivered."""
_MATCHED = """
SELECT NOT EXISTS (SELECT FROM escm.member_affiliation WHERE match_status IS NULL AND institution_id IS NULL)
    AND NOT EXISTS (SELECT FROM escm.core_job WHERE job_type = $1 AND finished_at IS NULL)
"""
_TOOK = """
SELECT sum(upper(part) - lower(part)) FROM unnest((
    SELECT range_agg(tstzrange(j.created_at, j.finished_at))
    FROM escm.core_job j JOIN escm.core_job import ON import.id = $1
    WHERE j.job_type IN (import.job_type, $2) AND j.created_at >= import.created_at)) part
"""
"""How long the import or a match after it was open: a job may wait for the one before it. Ignores jobs of other
benches."""
_JOB = "SELECT status, result, attempts, finished_at, finished_at - created_at AS took FROM core_job WHERE id = $1"
_SHORT = """
SELECT extract(epoch FROM coalesce(finished_at, $2) - created_at)::float * 1000 AS took FROM core_job
WHERE job_type = $1 AND created_at < $2
"""
_SOME_EXPERTS = "SELECT id, country FROM escm.member_expert ORDER BY id LIMIT 1000"


class Working(NamedTuple):
    """The servers, a database as the worker has it, its settings, and the worker's process id."""

    at: Addresses
    database: Database
    settings: Settings
    worker: int


async def measure(at: Addresses) -> dict[str, dict[str, object]]:
    """`import` in rows a second, from the order to the job's end, and `import_rss_mb`."""
    count = int(os.environ.get("BENCH_IMPORT_ROWS", ROWS))
    async with working(at) as on:
        job = await order(on, "experts", HEADINGS, _lines(count))
        ended, peak = await end_of(on, job)
    check(ended, count)
    return {
        "import": alone(count / ended["took"].total_seconds(), "rows/s"),
        "import_rss_mb": alone(peak, "MB"),
    }


async def measure_beside(at: Addresses) -> dict[str, dict[str, object]]:
    """`beside_import_p99_ms`: the time of short jobs during an import: exports of everything about one person, one a
    second."""
    count = min(int(os.environ.get("BENCH_IMPORT_ROWS", BUSY_ROWS)), BUSY_ROWS)
    async with working(at) as on:
        job = await order(on, "experts", HEADINGS, _lines(count, "beside"))
        short_jobs = asyncio.create_task(_short_jobs(on.database, at))
        ended, _ = await end_of(on, job)
        short_jobs.cancel()
        async with on.database.acquire() as connection:
            took = [row["took"] for row in await connection.fetch(_SHORT, SUBJECT_EXPORT, ended["finished_at"])]
    check(ended, count)
    return {"beside_import_p99_ms": alone(quantiles(took, n=100, method="inclusive")[-1], "ms")}


async def _short_jobs(database: Database, at: Addresses) -> None:
    principal = await _secretariat(database, at)
    connection = await asyncpg.connect(at.postgres)
    experts = await connection.fetch(_SOME_EXPERTS)
    await connection.close()
    access = access_scope_for(principal, ROLES, EXPERTS.resource)
    async with Notifier(at.valkey) as notifier:
        for expert in experts:
            async with unit_of_work(database, SYSTEM_CONTEXT, Origin(principal)) as uow:
                await order_subject_export(uow, access, expert)
            notifier.notify()
            await asyncio.sleep(1)


async def measure_matched(at: Addresses, connection: asyncpg.Connection) -> dict[str, dict[str, object]]:
    """`import_matched` in rows a second: while the import's job or one that matches its affiliations was open. The
    texts are names as people write them, nearly all different."""
    count = min(int(os.environ.get("BENCH_IMPORT_ROWS", MATCHED)), MATCHED)
    institutions = await load(connection, invented())
    async with working(at) as on:
        job = await order(on, "experts", HEADINGS, _affiliated_lines(count, institutions))
        ended, _ = await end_of(on, job)
        await until(connection, _MATCHED, MATCH_JOB, within=900, every=1)
        took = await connection.fetchval(_TOOK, job, MATCH_JOB)
    check(ended, count)
    return {"import_matched": alone(count / took.total_seconds(), "rows/s")}


def check(ended: Row, count: int) -> None:
    created = ended["result"]["counts"]["created"]
    if created != count or ended["attempts"] != 1:
        raise RuntimeError(f"{created:,} of {count:,} rows, {ended['attempts']} attempts")


@asynccontextmanager
async def working(at: Addresses, kind: type[Settings] = MembershipSettings) -> AsyncIterator[Working]:
    """A relay and a worker of the service with these settings."""
    with tempfile.TemporaryDirectory(prefix="escm-bench-files-") as folder:
        settings = kind(database_url=at.postgres, redis_url=at.valkey, storage_path=Path(folder))
        files = {"ESCM_STORAGE_PATH": folder}
        connection = await asyncpg.connect(at.postgres)
        await connection.execute(_NIGHT_IS_OVER, _NIGHTLY)
        with (
            running("relay", at, ANY_CORE, **files),
            running(f"worker {settings.service}", at, API_CORE, **files) as worker,
        ):
            await until(connection, WORKING, settings.service)
            await until(connection, _CAUGHT_UP, settings.service, within=600, every=0.5)
            await connection.close()
            async with _database(settings) as database:
                yield Working(at, database, settings, worker)


@asynccontextmanager
async def _database(settings: MembershipSettings) -> AsyncIterator[Database]:
    database = await Database.open(settings.database_dsn(), size=2)
    try:
        yield database
    finally:
        await database.close()


async def order(on: Working, resource: str, headings: Sequence[str], lines: Iterable[bytes]) -> UUID:
    """The job of an import by the secretariat's client."""
    await demo.load(on.at.postgres)
    principal = await _secretariat(on.database, on.at)
    store = files_of(on.settings)
    with tempfile.TemporaryFile() as file:
        file.writelines(lines)
        file.seek(0)
        stored = await store.put(file)
    async with store.opened(stored.digest) as path:
        layout = await asyncio.to_thread(examine, path, "csv", headings, {})
    async with unit_of_work(on.database, SYSTEM_CONTEXT, Origin(principal)) as uow:
        wanted = Order(resource, "commit", "skip", False, None, None, f"{resource}.csv")
        row = await order_import(uow, on.settings.service, wanted, stored, layout)
    return UUID(str(row.job))


async def _secretariat(database: Database, at: Addresses) -> Principal:
    """The secretariat's client."""
    connection = await asyncpg.connect(at.postgres)
    client = await connection.fetchval("SELECT id FROM escm.access_client WHERE client_id = 'demo-secretariat'")
    await connection.close()
    return await principal_of(database, f"client:{client}")


def _lines(count: int, host: str = "bench") -> Iterator[bytes]:
    dice = random.Random(20261124)
    yield f"{','.join(_COLUMNS)}\r\n".encode()
    for number in range(count):
        given, family = names(dice)
        country = COUNTRY_CODES[number % len(COUNTRY_CODES)]
        place = f"University of {names(dice)[1]}"
        email = f"{given}.{family}.{number}@{host}.example".lower()
        yield f"{given},{family},{country},{place},LA,Topic {number % 997},{email}\r\n".encode()


def _affiliated_lines(count: int, institutions: Sequence[Mapping[str, Any]]) -> Iterator[bytes]:
    dice = random.Random(20261125)
    yield b"given_names,family_name,country,institution\r\n"
    noises = list(PERTURBATIONS.values())
    for number in range(count):
        said = None
        while said is None:
            institution = dice.choice(institutions)
            said = dice.choice(noises)(institution, dice)
        given, family = names(dice)
        yield f'{given},{family} {number},{institution["country"]},"{said.replace(chr(34), "")}"\r\n'.encode()


async def end_of(on: Working, job: UUID) -> tuple[Row, float]:
    """The job's row after it has ended, and the worker's peak resident memory, in MB."""
    while True:
        peak = peak_memory_mb(on.worker)
        async with on.database.acquire() as connection:
            row = await connection.fetchrow(_JOB, job)
        if row["status"] in _ENDED:
            return row, peak
        await asyncio.sleep(0.5)
