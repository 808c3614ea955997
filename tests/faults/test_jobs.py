"""Promises 5, 7, 8 and 10: every accepted job ends, poison alone dies, deploys cost no attempt, ticks run once."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from redis.asyncio import Redis

from shared.messaging import jobs as store
from tests.faults.clients import eventually
from tests.faults.crew import Crew, a_crew
from tests.faults.house import House
from tests.faults.processes import Process
from tests.faults.working import ATTEMPTS

_STEPS = 6
_BOUND = 30.0
"""Seconds after the last fault within which every job has ended: leases of one second, three attempts."""


@pytest.fixture
async def crew(house: House) -> AsyncIterator[Crew]:
    async with a_crew(house) as crew:
        yield crew


def _once_each(jobs: list[UUID]) -> dict[tuple[UUID, int], int]:
    return {(job, step): 1 for job in jobs for step in range(_STEPS)}


async def _strike(crew: Crew, chance: random.Random) -> None:
    """Takes the queue away, or a worker in the middle of its jobs."""
    write = chance.choice(["flush", "valkey", "worker", "worker"])
    if write == "flush":
        redis = Redis.from_url(crew.house.redis_url)
        await redis.flushall()
        await redis.aclose()
    elif write == "valkey":
        crew.house.valkey.kill()
        await asyncio.sleep(chance.uniform(0, 0.5))
        await crew.house.valkey.start()
    else:
        chance.choice(crew.workers).kill()
        await crew.relieve()


async def test_every_job_ends_though_the_queue_and_the_workers_are_killed(crew: Crew, chance: random.Random):
    await crew.hire(2)
    jobs = [await crew.leave("steps", steps=_STEPS, pause=0.1, bulk=number % 3 == 0) for number in range(24)]
    for _ in range(6):
        await _strike(crew, chance)
        await asyncio.sleep(chance.uniform(0.1, 0.4))
    await eventually(lambda: crew.ended(jobs), within=_BOUND)
    assert await crew.done(jobs) == _once_each(jobs)
    client = crew.house.client("first")
    for job in jobs:
        answer = await client.get(f"/membership/v1/jobs/{job}")
        assert (answer.status_code, answer.json()["status"]) == (200, "succeeded"), answer.text
        assert answer.json()["progress"] == {"done": _STEPS, "total": _STEPS}
    await client.close()


async def test_a_job_that_kills_its_worker_ends_in_the_dead_letters_and_others_go_on(crew: Crew):
    await crew.hire(2)
    poison = await crew.leave("die")
    jobs = [await crew.leave("steps", steps=_STEPS, pause=0.02) for _ in range(12)]
    failing = await crew.leave("fail")
    until = time.monotonic() + _BOUND
    while not await crew.ended([poison, failing, *jobs]):
        assert time.monotonic() < until
        await crew.relieve()
        await asyncio.sleep(0.05)
    assert await crew.done(jobs) == _once_each(jobs)
    letters = {letter.id: letter for letter in await store.dead(crew.connection)}
    assert letters.keys() == {poison, failing}
    assert (letters[poison].name, letters[poison].attempts) == ("die", ATTEMPTS)
    assert letters[poison].error == "lease ran out"
    assert "RuntimeError" in letters[failing].error
    client = crew.house.client("second")
    told = (await client.get(f"/membership/v1/jobs/{poison}")).json()
    assert (told["status"], told["problem"]["code"]) == ("failed", "internal_error")
    await client.close()


async def test_rolling_restarts_under_long_jobs_consume_no_attempt(crew: Crew):
    await crew.hire(2)
    jobs: list[UUID] = []
    for worker in crew.workers * 2:
        jobs += [await crew.leave("steps", steps=_STEPS, pause=0.5) for _ in range(4)]
        await eventually(lambda: _is_busy(crew, worker), within=_BOUND)  # noqa: B023 - awaited at once
        await worker.stop()
        await worker.start()
    await eventually(lambda: crew.ended(jobs), within=_BOUND)
    assert await crew.done(jobs) == _once_each(jobs)
    rows = await crew.connection.fetch("SELECT status, attempts, fence FROM core_job WHERE id = ANY($1)", jobs)
    assert {(row["status"], row["attempts"]) for row in rows} == {("succeeded", 1)}
    assert max(row["fence"] for row in rows) > 1, "no job was interrupted"


async def _is_busy(crew: Crew, worker: Process) -> bool:
    """Whether the worker is at the beginning of a job."""
    held = (
        "SELECT count(*) > 0 FROM core_job"
        " WHERE status = 'running' AND done BETWEEN 1 AND 2 AND lease_holder LIKE '%:' || $1"
    )
    return bool(await crew.connection.fetchval(held, str(worker.pid)))


_TICKS = """
SELECT extract(epoch FROM s.tick)::bigint AS tick, j.status, count(w.job) AS effects
FROM core_schedule s LEFT JOIN core_job j ON j.id = s.job LEFT JOIN faults_work w ON w.job = s.job
WHERE s.name = 'membership.beat' GROUP BY s.tick, j.status ORDER BY s.tick
"""


async def test_a_schedule_runs_once_a_tick_over_four_workers_and_catches_up(crew: Crew, chance: random.Random):
    await crew.hire(4, "beat")
    for _ in range(4):
        await asyncio.sleep(chance.uniform(0.5, 1))
        chance.choice(crew.workers).kill()
        await crew.relieve()
    for worker in crew.workers:
        worker.kill()
    await asyncio.sleep(4)
    await crew.relieve()
    back = int(time.time())

    async def caught_up() -> bool:
        rows = await crew.connection.fetch(_TICKS)
        assert not [row for row in rows if row["effects"] > 1]
        return any(row["tick"] >= back for row in rows) and all(
            (row["status"], row["effects"]) == ("succeeded", 1) for row in rows if row["tick"] <= back
        )

    await eventually(caught_up, within=_BOUND)
    ticks = [row["tick"] for row in await crew.connection.fetch(_TICKS)]
    assert ticks == list(range(ticks[0], ticks[-1] + 1))
    assert len(ticks) >= 8
