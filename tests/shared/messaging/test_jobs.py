"""Jobs: what their maker sees, retries, cancellation, and separation from bulk work."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.errors import invalid_field
from shared.messaging import jobs
from shared.messaging.job_run import JobCancelled, JobHandlers, JobRun
from shared.messaging.outbox import defer
from shared.messaging.relay import Relay
from shared.messaging.worker import Worker
from tests.shared.messaging.conftest import MessagingSettings
from tests.support.waiting import eventually
from tests.support.workers import at_work

Ask = Callable[..., Awaitable[UUID]]


@pytest.fixture
def ask(database: Database) -> Ask:
    async def ask(kind: str = "work", *, bulk: bool = False, **payload: Any) -> UUID:
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            return defer(uow, "membership", kind, payload, created_by="account:x", bulk=bulk)

    return ask


@pytest.fixture
def ended(database: Database) -> Callable[[UUID], Awaitable[Any]]:
    """The job's row after it has ended."""

    async def ended(job: UUID) -> Any:
        async def look() -> Any:
            async with database.acquire() as connection:
                row = await jobs.get(connection, job)
            return row if row and row["finished_at"] else None

        return await eventually(look)

    return ended


def at_work_on(settings: MessagingSettings, handlers: JobHandlers, lease: float = 1.0) -> Any:
    relay = Relay(settings, grace=0.2, attempts=3, backoff=0.05, poll=0.25)
    return at_work(relay, Worker("membership", settings, {}, handlers, lease=lease))


async def test_the_maker_sees_progress_and_result(settings: MessagingSettings, ask: Ask, ended: Any) -> None:
    async def handle(run: JobRun) -> dict[str, Any]:
        await run.progress(1, 2)
        await run.progress(2, 2)
        run.result_url = "/membership/v1/exports/1"
        return {"twice": run.payload["n"] * 2, "by": run.created_by}

    async with at_work_on(settings, {"work": handle}):
        row = await ended(await ask(n=21))
    assert (row["status"], row["attempts"], row["done"], row["total"]) == ("succeeded", 1, 2, 2)
    assert row["result"] == {"twice": 42, "by": "account:x"}
    assert row["result_url"] == "/membership/v1/exports/1"


async def test_other_jobs_do_not_wait_for_prints(settings: MessagingSettings, ask: Ask, ended: Any) -> None:
    has_begun, may_end, begun = asyncio.Event(), asyncio.Event(), 0

    async def print_page(run: JobRun) -> None:
        nonlocal begun
        begun += 1
        has_begun.set()
        await may_end.wait()

    async def work(run: JobRun) -> dict[str, Any]:
        return {"prints": begun}

    prints = [await ask("print_page") for _ in range(4)]
    async with at_work_on(settings, {"print_page": print_page, "work": work}):
        await has_begun.wait()
        assert (await ended(await ask()))["result"] == {"prints": 1}
        may_end.set()
        assert [(await ended(job))["status"] for job in prints] == ["succeeded"] * 4


async def test_what_the_maker_did_wrong_fails_at_once(
    settings: MessagingSettings, ask: Ask, ended: Any, admin: asyncpg.Connection
) -> None:
    async def handle(run: JobRun) -> None:
        raise invalid_field("/file", "not_a_csv", "The file is no CSV.")

    async with at_work_on(settings, {"work": handle}):
        row = await ended(await ask())
    assert (row["status"], row["attempts"], row["problem"]["code"]) == ("failed", 1, "validation_failed")
    assert row["problem"]["errors"][0]["pointer"] == "/file"
    assert await jobs.dead(admin) == []


@pytest.mark.long("waits between attempts")
async def test_a_failing_job_is_tried_again(settings: MessagingSettings, ask: Ask, ended: Any) -> None:
    async def handle(run: JobRun) -> dict[str, Any]:
        if run.attempt < 3:
            raise ConnectionResetError
        return {"attempt": run.attempt}

    async with at_work_on(settings, {"work": handle}):
        row = await ended(await ask())
    assert (row["status"], row["result"]) == ("succeeded", {"attempt": 3})


@pytest.mark.long("waits for a lease")
async def test_a_step_taken_by_an_earlier_attempt_is_not_taken_again(
    settings: MessagingSettings, ask: Ask, ended: Any, admin: asyncpg.Connection
) -> None:
    async def handle(run: JobRun) -> None:
        async with run.unit_of_work() as uow:
            if await run.once(uow, "write"):
                await uow.connection.execute("INSERT INTO effect (fact) VALUES ($1)", run.id)
        if run.attempt < 3:
            raise ValueError

    async with at_work_on(settings, {"work": handle}):
        await ended(await ask())
    assert await admin.fetchval("SELECT count(*) FROM effect") == 1


async def test_a_queued_job_is_cancelled_at_once(database: Database, ask: Ask, admin: asyncpg.Connection) -> None:
    job = await ask()
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        assert await jobs.cancel(uow, job)
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        assert not await jobs.cancel(uow, job)
    row = await jobs.get(admin, job)
    assert row is not None
    assert row["status"] == "cancelled"
    assert row["finished_at"] is not None


async def test_a_running_job_learns_that_it_is_to_stop(
    settings: MessagingSettings, database: Database, ask: Ask, ended: Any
) -> None:
    begun = asyncio.Event()

    async def handle(run: JobRun) -> None:
        begun.set()
        for _ in range(500):
            await asyncio.sleep(0.02)
            if run.cancelled:
                raise JobCancelled

    async with at_work_on(settings, {"work": handle}):
        job = await ask()
        await asyncio.wait_for(begun.wait(), 5)
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            assert await jobs.cancel(uow, job)
        row = await ended(job)
    assert (row["status"], row["problem"]) == ("cancelled", None)


async def test_a_job_of_a_rolled_back_transaction_is_none(database: Database, admin: asyncpg.Connection) -> None:
    with suppress(ZeroDivisionError):
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            defer(uow, "membership", "work", {}, created_by="system")
            await uow.flush()
            raise ZeroDivisionError
    assert await admin.fetchval("SELECT count(*) FROM core_job") == 0


async def test_bulk_jobs_leave_room_for_others(settings: MessagingSettings, ask: Ask, ended: Any) -> None:
    release = asyncio.Event()

    async def long(run: JobRun) -> None:
        await release.wait()

    async def short(run: JobRun) -> None:
        return None

    async with at_work_on(settings, {"long": long, "short": short}):
        held = [await ask("long", bulk=True) for _ in range(5)]
        row = await ended(await ask("short"))
        assert row["status"] == "succeeded"
        release.set()
        for job in held:
            assert (await ended(job))["status"] == "succeeded"


@pytest.mark.long("waits for several leases")
async def test_a_long_job_keeps_its_lease(settings: MessagingSettings, ask: Ask, ended: Any) -> None:
    async def handle(run: JobRun) -> None:
        await asyncio.sleep(4.0)

    async with at_work_on(settings, {"work": handle}, lease=3.0):
        row = await ended(await ask())
    assert (row["status"], row["attempts"]) == ("succeeded", 1)


async def test_a_job_of_a_kind_unknown_here_waits_for_a_worker_that_knows_it(
    settings: MessagingSettings, ask: Ask, ended: Any, admin: asyncpg.Connection
) -> None:
    async def handle(run: JobRun) -> None:
        return None

    async with at_work_on(settings, {"work": handle}):
        job = await ask("newer")
        await ended(await ask("work"))
        assert await admin.fetchval("SELECT status FROM core_job WHERE id = $1", job) == "queued"
        async with at_work(Worker("membership", settings, {}, {"newer": handle})):
            assert (await ended(job))["status"] == "succeeded"
