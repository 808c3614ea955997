"""A tick is one row and one run, over any number of workers, and none is lost."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from shared.database.pool import Database
from shared.database.unit_of_work import UnitOfWork
from shared.messaging.relay import Relay
from shared.messaging.schedules import Schedule, plan
from shared.messaging.worker import Worker
from tests.shared.messaging.conftest import MessagingSettings
from tests.support.waiting import eventually
from tests.support.workers import at_work


async def tick(uow: UnitOfWork) -> None:
    await uow.connection.execute("INSERT INTO effect (note) VALUES ('tick')")


SECOND = Schedule(timedelta(seconds=1), tick)


@pytest.mark.long("runs four workers for several ticks")
async def test_a_tick_runs_once_over_four_workers(settings: MessagingSettings, admin: asyncpg.Connection) -> None:
    workers = [Worker("membership", settings, {}, schedules={"second": SECOND}) for _ in range(4)]
    async with at_work(Relay(settings), *workers[:2]):
        async with at_work(*workers[2:]):
            await asyncio.sleep(1.5)
        await eventually(lambda: admin.fetchval("SELECT count(*) >= 4 FROM core_schedule"))
        await eventually(lambda: admin.fetchval("SELECT count(*) = 0 FROM core_job WHERE status <> 'succeeded'"))
        rows = await admin.fetchrow("SELECT count(*), max(tick) - min(tick) AS span FROM core_schedule")
    assert rows["span"] == timedelta(seconds=rows["count"] - 1), "no tick is left out"
    ended = "SELECT count(*) FROM core_job WHERE status = 'succeeded'"
    assert await admin.fetchval("SELECT count(*) FROM effect") == await admin.fetchval(ended)
    assert await admin.fetchval("SELECT (SELECT count(*) FROM core_job) = (SELECT count(*) FROM core_schedule)")


async def test_missed_ticks_are_made_up(database: Database, admin: asyncpg.Connection) -> None:
    async def planned(schedule: Schedule) -> int:
        async with database.acquire() as connection:
            return await plan(connection, "membership", "hour", schedule)

    hourly = Schedule(timedelta(hours=1), tick)
    assert await planned(hourly) == 1, "a new schedule begins with the present tick"
    assert await planned(hourly) == 0
    await admin.execute("UPDATE core_schedule SET tick = tick - interval '5 hours'")
    assert await planned(hourly) == 5
    await admin.execute("UPDATE core_schedule SET tick = tick - interval '1 year'")
    assert await planned(Schedule(timedelta(hours=1), tick, catch_up=3)) == 3
    ticks = await admin.fetch(
        "SELECT payload ->> 'tick' AS tick FROM core_job ORDER BY created_at DESC, 1 DESC LIMIT 3"
    )
    assert len({row["tick"] for row in ticks}) == 3


async def test_a_failing_tick_is_tried_again(settings: MessagingSettings, admin: asyncpg.Connection) -> None:
    is_first = True

    async def run(uow: UnitOfWork) -> None:
        nonlocal is_first
        await tick(uow)
        if is_first:
            is_first = False
            raise ValueError

    worker = Worker("membership", settings, {}, schedules={"hour": Schedule(timedelta(hours=1), run)})
    async with at_work(Relay(settings, grace=0.2, backoff=0.05, poll=0.25), worker):
        await eventually(lambda: admin.fetchval("SELECT status = 'succeeded' FROM core_job"))
    assert await admin.fetchval("SELECT count(*) FROM effect") == 1
    assert await admin.fetchval("SELECT attempts FROM core_job") == 2
