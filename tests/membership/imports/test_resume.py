"""A worker that is killed during an import, a job that is cancelled, a grant that is revoked."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
import orjson
import pytest

from shared.bulk import writing
from tests.membership.imports.conftest import IMPORTS, checksum
from tests.support.callers import CALLERS
from tests.support.imports import Importer, Start, counts, csv_of

ROWS = 7_500


def _experts(topic: str = "Ice") -> bytes:
    rows = [("Ann", f"Person {n}", ("XA", "XB", "XK")[n % 3], f"University {n % 7}", "LA", topic) for n in range(ROWS)]
    return csv_of("given_names,family_name,country,institution,role,topic", rows)


async def _until(database: asyncpg.Connection, query: str) -> None:
    async with asyncio.timeout(120):
        while True:
            if await database.fetchval(query):
                return
            await asyncio.sleep(0.005)


_MOMENTS = {
    "before the first batch": "SELECT count(*) > 0 FROM core_import WHERE row_count IS NOT NULL",
    "after the first batch": "SELECT count(*) > 0 FROM core_import_batch",
}


@pytest.mark.long("kills processes")
@pytest.mark.parametrize("moment", _MOMENTS)
async def test_a_killed_import_is_resumed_to_the_very_end(
    moment: str, alone: Importer, start: Start, database: asyncpg.Connection
) -> None:
    start("relay")
    response = await alone.send("experts", _experts())
    first = start("worker")
    await _until(database, _MOMENTS[moment])
    first.send_signal(signal.SIGKILL)
    first.wait()
    start("worker")
    job = await alone.end_of(response.headers["location"])
    assert job["status"] == "succeeded", job
    assert job["result"]["counts"] == counts(created=5000, failed=2500)
    assert await database.fetchval("SELECT count(*) FROM member_expert") == 5000
    assert await database.fetchval("SELECT count(*) FROM member_affiliation") == 5000
    assert await database.fetchval("SELECT count(*) FROM core_audit WHERE resource = 'membership.experts'") == 5000
    assert await database.fetchval("SELECT count(*) FROM core_import_row WHERE problem IS NULL") == 0
    before = await checksum(database, exact=True)
    again = await alone.bring("experts", _experts())
    assert again["counts"] == counts(unchanged=5000, failed=2500)
    assert await checksum(database, exact=True) == before


@pytest.mark.long("kills processes")
async def test_a_resumed_import_knows_what_the_rows_before_the_kill_said(
    alone: Importer, start: Start, database: asyncpg.Connection
) -> None:
    people = [{"full_name": f"Person {n}", "country": "XA", "keywords": ["Ice"]} for n in range(12_000)]
    people[1_500]["colour"] = "red"
    repeats = [{**person, "keywords": ["Snow"]} for person in people[:8_000]]
    content = b"\n".join(orjson.dumps(row) for row in (*people, *repeats))
    start("relay")
    response = await alone.send("experts", content, "list.ndjson", media="application/x-ndjson")
    first = start("worker")
    await _until(database, _MOMENTS["after the first batch"])
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert await database.fetchval("SELECT counts FROM core_import") is None
    start("worker")
    job = await alone.end_of(response.headers["location"])
    assert job["result"]["counts"] == counts(created=12_000, updated=8_000)
    assert job["result"]["ignored_columns"] == ["colour"]
    assert await database.fetchval("SELECT count(*) FROM member_expert WHERE keywords = '{Snow}'") == 8_000
    again = await alone.bring("experts", content, "list.ndjson", media="application/x-ndjson")
    assert again["counts"] == counts(unchanged=20_000)


@pytest.mark.long("waits for the lease of a stalled process")
async def test_a_stalled_worker_that_wakes_up_writes_no_row_twice(
    alone: Importer, start: Start, database: asyncpg.Connection
) -> None:
    start("relay")
    response = await alone.send("experts", _experts())
    first = start("worker")
    await _until(database, _MOMENTS["after the first batch"])
    first.send_signal(signal.SIGSTOP)
    start("worker")
    await asyncio.sleep(4.0)
    first.send_signal(signal.SIGCONT)
    job = await alone.end_of(response.headers["location"])
    assert job["result"]["counts"] == counts(created=5000, failed=2500)
    assert await database.fetchval("SELECT count(*) FROM member_expert") == 5000
    assert await database.fetchval("SELECT count(*) FROM core_audit WHERE resource = 'membership.experts'") == 5000


@pytest.mark.long("imports thousands of rows")
async def test_a_cancelled_import_stops_between_batches_and_can_be_taken_back(
    secretariat: Importer,
    database: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    batches_of: Callable[[int], None],
) -> None:
    batches_of(2000)
    asked = asyncio.Event()
    monkeypatch.setattr(writing.Writer, "write", _held(writing.Writer.write, asked))
    response = await secretariat.send("experts", _experts())
    job = response.headers["location"]
    await _until(database, _MOMENTS["after the first batch"])
    assert (await secretariat.caller.request("DELETE", job)).status_code == 202
    asked.set()
    assert (await secretariat.end_of(job))["status"] == "cancelled"
    written = await database.fetchval("SELECT count(*) FROM member_expert")
    assert 0 < written < 5000
    found = (await secretariat.caller.get(IMPORTS)).json()["items"][0]
    assert (found["status"], found["counts"]["created"]) == ("cancelled", written)
    undone = await secretariat.undo({"import_id": found["id"]})
    assert undone.json()["taken_back"] == {"removed": written, "restored": 0, "kept": 0}
    assert await database.fetchval("SELECT count(*) FROM member_expert") == 0


def _held(write: Callable[..., Awaitable[None]], go_on: asyncio.Event) -> Callable[..., Awaitable[None]]:
    """Each batch waits for the event after it is written."""

    async def held(*arguments: object) -> None:
        await write(*arguments)
        await go_on.wait()

    return held


@pytest.fixture
async def revoked(database: asyncpg.Connection) -> AsyncIterator[None]:
    """Revokes the government's grants after its request was accepted."""
    change = "UPDATE access_grant SET status = $2 WHERE principal_id = $1"
    await database.execute(change, CALLERS["government_xa"].id, "revoked")
    yield
    await database.execute(change, CALLERS["government_xa"].id, "active")


async def test_an_import_is_not_done_in_the_name_of_a_revoked_grant(
    government: Importer, revoked: None, database: asyncpg.Connection
) -> None:
    response = await government.send("experts", csv_of("full_name,country", [("Amina Varga", "XA")]))
    job = await government.end_of(response.headers["location"])
    assert (job["status"], job["problem"]["code"]) == ("failed", "forbidden")
    assert await database.fetchval("SELECT count(*) FROM member_expert") == 0
