"""A worker that is killed while it imports results: each row counts once."""

import asyncio
import signal
from collections.abc import Iterator

import asyncpg
import httpx
import pytest

from services.actions.settings import ActionsSettings
from shared.messaging.work_store import JobStore
from tests.actions.exchange.sheets.framework import Framework
from tests.support.callers import CALLERS
from tests.support.imports import Importer, Start, counts, csv_of, starting
from tests.support.principals import enter_callers
from tests.support.results import parts

CELLS = 200
RESULTS = 40
_DIMENSION = {"key": "cell", "titles": {"en": "Cell"}, "required": False, "exhaustive": True}
_BEGUN = "SELECT row_count IS NOT NULL FROM core_import WHERE created_by = $1 ORDER BY id DESC LIMIT 1"
_WRITTEN = """
SELECT EXISTS (SELECT FROM core_import_batch WHERE import = i.id) FROM core_import i WHERE created_by = $1
ORDER BY id DESC LIMIT 1
"""
_STORED = """
SELECT count(*) AS results, sum(jsonb_array_length(breakdown)) AS parts, min(value) AS least, max(value) AS most
FROM action_result r JOIN action_indicator i ON i.id = r.indicator_id WHERE i.code = ANY($1)
"""
_AUDITED = """
SELECT count(*) FROM core_audit a JOIN action_result r ON r.id = a.subject
JOIN action_indicator i ON i.id = r.indicator_id WHERE i.code = ANY($1) AND a.action = 'create'
"""


@pytest.fixture
async def alone(actions: httpx.AsyncClient, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Importer:
    """XA's author, with no worker for jobs except those that the test starts."""

    async def nothing(*_: object) -> None:
        return None

    await enter_callers(database_url)
    monkeypatch.setattr(JobStore, "take", nothing)
    return Importer(actions, "author_xa", "actions")


@pytest.fixture
def start(settings: ActionsSettings) -> Iterator[Start]:
    with starting("tests.actions.exchange.sheets.program", settings) as start_one:
        yield start_one


async def _until(superuser: asyncpg.Connection, moment: str) -> None:
    async with asyncio.timeout(240):
        while True:
            if await superuser.fetchval(moment, CALLERS["author_xa"].label):
                return
            await asyncio.sleep(0.005)


@pytest.mark.long("kills processes")
@pytest.mark.parametrize("moment", [_BEGUN, _WRITTEN], ids=["before the first batch", "after the first batch"])
async def test_a_killed_import_counts_each_row_once(
    moment: str, alone: Importer, start: Start, framework: Framework, superuser: asyncpg.Connection
) -> None:
    dimension = {**_DIMENSION, "codes": parts(*(f"c{n}" for n in range(CELLS)))}
    codes = [await framework.indicator(disaggregations=[dimension]) for _ in range(RESULTS)]
    cells = ["", *(f"c{n}" for n in range(CELLS))]
    rows = [(code, "XA", "2026", "survey", str(CELLS if not cell else 1), cell) for code in codes for cell in cells]
    content = csv_of(
        "indicator,country,period,method,value,dim_cell", [*rows, (codes[0], "XA", "2026", "survey", "x", "")]
    )
    start("relay")
    response = await alone.send("results", content)
    first = start("worker")
    await _until(superuser, moment)
    first.send_signal(signal.SIGKILL)
    first.wait()
    start("worker")
    job = await alone.end_of(response.headers["location"])
    assert job["status"] == "succeeded", job
    done = job["result"]["counts"]
    assert (done["created"] + done["updated"], done["failed"]) == (len(rows), 1)
    stored = await superuser.fetchrow(_STORED, codes)
    assert tuple(stored) == (RESULTS, RESULTS * CELLS, CELLS, CELLS)
    assert await superuser.fetchval(_AUDITED, codes) == RESULTS
    again = await alone.bring("results", content)
    assert again["counts"] == counts(unchanged=len(rows), failed=1)
