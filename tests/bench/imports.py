"""An import of a million experts through the real worker and the real relay: rows a second, and the worker's memory at
its most. `BENCH_IMPORT_ROWS` makes it smaller."""

import asyncio
import os
import random
import re
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import asyncpg

from deploy import demo
from services.membership import worker as membership
from services.membership.experts.jobs import HEADINGS
from services.membership.settings import MembershipSettings
from shared.bulk.creators import principal_of
from shared.bulk.imports import Order, order_import
from shared.bulk.layout import examine
from shared.bulk.store import FileStore
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.statements import Row
from shared.database.unit_of_work import Origin, unit_of_work
from tests.bench.people import COUNTRY_CODES, names
from tests.bench.servers import ANY_CORE, API_CORE, Addresses, running

ROWS = 1_000_000
_COLUMNS = ("given_names", "family_name", "country", "institution", "role", "topic", "email")
_ENDED = ("succeeded", "failed", "cancelled")
_NIGHTLY = [f"membership.{name}" for name, one in membership.SCHEDULES.items() if one.every >= timedelta(days=1)]
_NIGHT_IS_OVER = """
INSERT INTO escm.core_schedule (name, tick, job)
SELECT name, date_trunc('day', now(), 'UTC'), uuidv7() FROM unnest($1::text[]) name ON CONFLICT DO NOTHING
"""
"""A new worker would begin with what is done once a day, which takes seconds of a million records."""
_JOB = "SELECT status, result, attempts, finished_at - created_at AS took FROM core_job WHERE id = $1"


async def measure(at: Addresses) -> dict[str, dict[str, object]]:
    """`import` in rows a second, from the order to the job's end, and `import_rss_mb`."""
    count = int(os.environ.get("BENCH_IMPORT_ROWS", ROWS))
    with tempfile.TemporaryDirectory(prefix="escm-bench-files-") as folder:
        settings = MembershipSettings(database_url=at.postgres, redis_url=at.valkey, storage_path=Path(folder))
        async with _database(settings) as database:
            job = await _order(database, at, settings, count)
            files = {"ESCM_STORAGE_PATH": folder}
            with (
                running("relay", at, ANY_CORE, **files),
                running("worker membership", at, API_CORE, **files) as worker,
            ):
                ended, peak = await _end_of(database, job, worker)
    created = ended["result"]["counts"]["created"]
    if created != count or ended["attempts"] != 1:
        raise RuntimeError(f"{created:,} of {count:,} rows, {ended['attempts']} attempts")
    rate = count / ended["took"].total_seconds()
    return {
        "import": {"value": rate, "bound": None, "ratio": None, "unit": "rows/s"},
        "import_rss_mb": {"value": peak, "bound": None, "ratio": None, "unit": "MB"},
    }


@asynccontextmanager
async def _database(settings: MembershipSettings) -> AsyncIterator[Database]:
    database = await Database.open(settings.database_dsn(), size=2)
    try:
        yield database
    finally:
        await database.close()


async def _order(database: Database, at: Addresses, settings: MembershipSettings, count: int) -> UUID:
    """The job of an import in the name of the secretariat's client."""
    await demo.load(at.postgres)
    connection = await asyncpg.connect(at.postgres)
    await connection.execute(_NIGHT_IS_OVER, _NIGHTLY)
    client = await connection.fetchval("SELECT id FROM escm.access_client WHERE client_id = 'demo-secretariat'")
    await connection.close()
    principal = await principal_of(database, f"client:{client}")
    store = FileStore(settings.storage_path)
    with tempfile.TemporaryFile() as file:
        file.writelines(_lines(count))
        file.seek(0)
        stored = await store.put(file)
    layout = await asyncio.to_thread(examine, store.path(stored.digest), "csv", HEADINGS, {})
    async with unit_of_work(database, SYSTEM_CONTEXT, Origin(principal)) as uow:
        order = Order("experts", "commit", "skip", False, None, None, "people.csv")
        row = await order_import(uow, "membership", order, stored, layout)
    return UUID(str(row["job"]))


def _lines(count: int) -> Iterator[bytes]:
    dice = random.Random(20261124)
    yield f"{','.join(_COLUMNS)}\r\n".encode()
    for number in range(count):
        given, family = names(dice)
        country = COUNTRY_CODES[number % len(COUNTRY_CODES)]
        place = f"University of {names(dice)[1]}"
        email = f"{given}.{family}.{number}@bench.example".lower()
        yield f"{given},{family},{country},{place},LA,Topic {number % 997},{email}\r\n".encode()


async def _end_of(database: Database, job: UUID, worker: int) -> tuple[Row, float]:
    """The job's row once it has ended, and the worker's resident memory at its most, in MB."""
    while True:
        peak = int(re.findall(r"VmHWM:\s+(\d+)", Path(f"/proc/{worker}/status").read_text())[0]) / 1024
        async with database.acquire() as connection:
            row = await connection.fetchrow(_JOB, job)
        if row["status"] in _ENDED:
            return row, peak
        await asyncio.sleep(0.5)
