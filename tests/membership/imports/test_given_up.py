"""An import whose job is given up ends as failed, with what was written, which can be undone or continued."""

from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.membership.settings import MembershipSettings
from shared.bulk import undoing, writing
from shared.bulk.ending import delete_old, given_up
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.messaging import jobs
from shared.web.jobs import imports
from tests.membership.imports.conftest import IMPORTS
from tests.support.imports import Importer, counts, csv_of
from tests.support.waiting import eventually

ROWS = csv_of("full_name,country", [(f"Person {n}", "XA") for n in range(2500)])
WRITTEN = "SELECT count(*) FROM core_import_batch"


@pytest.fixture
async def pool(settings: MembershipSettings) -> AsyncIterator[Database]:
    pool = await Database.open(settings.database_dsn(), size=2)
    yield pool
    await pool.close()


async def close_left_open(pool: Database) -> None:
    """The work of the schedule of every minute."""
    async with unit_of_work(pool, SYSTEM_CONTEXT) as uow:
        await given_up("membership").run(uow)


@pytest.fixture
async def abandoned(
    secretariat: Importer,
    database: asyncpg.Connection,
    batches_of: Callable[[int], None],
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    """The job of an import that was given up after its first batch."""
    batches_of(1000)
    write: Any = writing.Writer.write

    async def break_later(writer: Any, run: Any, batch: Any, *more: Any) -> None:
        if batch.number:
            more[1].set()
            raise RuntimeError("broken")
        await write(writer, run, batch, *more)

    with monkeypatch.context() as broken:
        broken.setattr(writing.Writer, "write", break_later)
        job = (await secretariat.send("experts", ROWS)).headers["location"]
        await eventually(lambda: database.fetchval(WRITTEN))
        await database.execute("UPDATE core_job SET attempts = 8 WHERE job_type = 'import'")
        ended = await secretariat.end_of(job)
    assert (ended["status"], ended["problem"]["code"]) == ("failed", "internal_error")
    return job


async def test_an_import_whose_job_was_given_up_ends_as_failed_and_can_be_taken_back(
    abandoned: str, secretariat: Importer, database: asyncpg.Connection, pool: Database
) -> None:
    await close_left_open(pool)
    found = (await secretariat.caller.get(IMPORTS)).json()["items"][0]
    assert (found["status"], found["counts"]) == ("failed", counts(created=1000))
    assert await secretariat.failures({"failures_url": f"{IMPORTS}/{found['id']}/failures"}) == []
    undone = await secretariat.undo({"import_id": found["id"]})
    assert undone.json()["taken_back"] == {"removed": 1000, "restored": 0, "kept": 0}
    assert await database.fetchval("SELECT count(*) FROM member_expert") == 0


async def test_a_replayed_job_goes_on_with_the_import_that_had_failed(
    abandoned: str, secretariat: Importer, database: asyncpg.Connection, pool: Database
) -> None:
    await close_left_open(pool)
    async with unit_of_work(pool, SYSTEM_CONTEXT) as uow:
        assert await jobs.replay(uow, UUID(abandoned.rpartition("/")[2]))
    assert (await secretariat.end_of(abandoned))["result"]["counts"] == counts(created=2500)
    assert (await secretariat.caller.get(IMPORTS)).json()["items"][0]["status"] == "done"


@pytest.fixture
async def half_undone(
    secretariat: Importer, database: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    """An import of 2,500 rows whose undo job was given up after 1,000."""
    monkeypatch.setattr(undoing, "AT_ONCE", 1000)
    brought = await secretariat.bring("experts", ROWS)
    take_back: Any = undoing.take_back_some

    async def break_later(uow: Any, importable: Any, access: Any, imported: Any) -> Any:
        if imported["taken_back"]:
            raise RuntimeError("broken")
        return await take_back(uow, importable, access, imported)

    with monkeypatch.context() as broken:
        broken.setattr(undoing, "take_back_some", break_later)
        broken.setattr(imports, "MOST_AT_ONCE", 2_000)
        begun = (await secretariat.undo(brought)).json()
        await eventually(lambda: database.fetchval("SELECT count(*) = 1500 FROM member_expert"))
        await database.execute("UPDATE core_job SET attempts = 8 WHERE job_type = 'undo_import'")
        assert (await secretariat.end_of(begun["job"]))["status"] == "failed"
    return brought | {"job": begun["job"]}


async def test_an_undoing_whose_job_was_given_up_may_be_asked_for_again(
    half_undone: dict[str, Any], secretariat: Importer, database: asyncpg.Connection, pool: Database
) -> None:
    path = f"{IMPORTS}/{half_undone['import_id']}"
    assert (await secretariat.caller.get(path)).json()["status"] == "undoing"
    await close_left_open(pool)
    found = (await secretariat.caller.get(path)).json()
    assert (found["status"], found["taken_back"]["removed"]) == ("failed", 1000)
    assert found["allowed_actions"][0]["allowed"]
    undone = (await secretariat.undo(half_undone)).json()
    assert (undone["status"], undone["taken_back"]) == ("undone", {"removed": 2500, "restored": 0, "kept": 0})
    assert await database.fetchval("SELECT count(*) FROM member_expert") == 0


async def test_a_replayed_job_goes_on_with_the_undoing_that_had_failed(
    half_undone: dict[str, Any], secretariat: Importer, database: asyncpg.Connection, pool: Database
) -> None:
    await close_left_open(pool)
    async with unit_of_work(pool, SYSTEM_CONTEXT) as uow:
        assert await jobs.replay(uow, UUID(half_undone["job"].rpartition("/")[2]))
    assert (await secretariat.end_of(half_undone["job"]))["result"]["taken_back"]["removed"] == 2500
    assert (await secretariat.caller.get(f"{IMPORTS}/{half_undone['import_id']}")).json()["status"] == "undone"


async def test_an_import_that_was_cancelled_before_it_began_ends_as_cancelled(
    alone: Importer, database: asyncpg.Connection, pool: Database
) -> None:
    job = (await alone.send("experts", ROWS)).headers["location"]
    assert (await alone.caller.request("DELETE", job)).status_code == 202
    await close_left_open(pool)
    found = (await alone.caller.get(IMPORTS)).json()["items"][0]
    assert (found["status"], found["counts"]) == ("cancelled", counts())


async def test_an_import_can_be_taken_back_for_so_many_days_and_is_forgotten_then(
    secretariat: Importer, database: asyncpg.Connection, pool: Database
) -> None:
    brought = await secretariat.bring("experts", csv_of("full_name,country", [("Ann", "XA"), ("Ben", "QQ")]))
    left = "SELECT (SELECT count(*) FROM core_import_effect) + (SELECT count(*) FROM core_import_row)"

    async def grow_old(days: int) -> int:
        await database.execute("UPDATE core_import SET created_at = now() - make_interval(days => $1)", days)
        async with unit_of_work(pool, SYSTEM_CONTEXT) as uow:
            await delete_old("membership", 90).run(uow)
        return int(await database.fetchval(left))

    assert await grow_old(89) == 2
    assert (await secretariat.caller.get(f"{IMPORTS}/{brought['import_id']}")).json()["allowed_actions"][0]["allowed"]
    assert await grow_old(90) == 2
    refused = await secretariat.undo(brought)
    assert (refused.status_code, refused.json()["reason"]) == (409, "too_late")
    assert await grow_old(92) == 0
    assert await database.fetchval("SELECT count(*) FROM member_expert") == 1
    again = await secretariat.bring("experts", csv_of("full_name,country", [("Ann", "XA")]))
    assert again["counts"] == counts(unchanged=1)
