"""Promises 5, 7, 8 and 10: every accepted job ends, only faulty jobs fail, deployments cost no attempt, ticks run
once."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from redis.asyncio import Redis

from shared.messaging import jobs as store
from tests.faults.cluster import Cluster
from tests.faults.processes import Process
from tests.faults.workers import WorkerPool, open_workers
from tests.faults.working import ATTEMPTS
from tests.support.waiting import eventually

_STEPS = 6
_BOUND = 30.0
"""Seconds after the last fault within which every job has ended: leases of one second, three attempts."""


@pytest.fixture
async def workers(cluster: Cluster) -> AsyncIterator[WorkerPool]:
    async with open_workers(cluster) as workers:
        yield workers


def _once_each(jobs: list[UUID]) -> dict[tuple[UUID, int], int]:
    return {(job, step): 1 for job in jobs for step in range(_STEPS)}


async def _strike(workers: WorkerPool, chance: random.Random) -> None:
    """Stops the queue, or a worker during its jobs."""
    write = chance.choice(["flush", "valkey", "worker", "worker"])
    if write == "flush":
        redis = Redis.from_url(workers.cluster.redis_url)
        await redis.flushall()
        await redis.aclose()
    elif write == "valkey":
        workers.cluster.valkey.kill()
        await asyncio.sleep(chance.uniform(0, 0.5))
        await workers.cluster.valkey.start()
    else:
        chance.choice(workers.processes).kill()
        await workers.restart_stopped()


async def test_every_job_ends_though_the_queue_and_the_workers_are_killed(workers: WorkerPool, chance: random.Random):
    await workers.start_workers(2)
    jobs = [await workers.add_job("steps", steps=_STEPS, pause=0.1, bulk=number % 3 == 0) for number in range(24)]
    for _ in range(6):
        await _strike(workers, chance)
        await asyncio.sleep(chance.uniform(0.1, 0.4))
    await eventually(lambda: workers.ended(jobs), within=_BOUND)
    assert await workers.done(jobs) == _once_each(jobs)
    client = workers.cluster.client("first")
    for job in jobs:
        response = await client.get(f"/membership/v1/jobs/{job}")
        assert (response.status_code, response.json()["status"]) == (200, "succeeded"), response.text
        assert response.json()["progress"] == {"done": _STEPS, "total": _STEPS}
    await client.close()


async def test_a_job_that_kills_its_worker_ends_in_the_dead_letters_and_others_go_on(workers: WorkerPool):
    await workers.start_workers(2)
    poison = await workers.add_job("die")
    jobs = [await workers.add_job("steps", steps=_STEPS, pause=0.02) for _ in range(12)]
    failing = await workers.add_job("fail")
    until = time.monotonic() + _BOUND
    while not await workers.ended([poison, failing, *jobs]):
        assert time.monotonic() < until
        await workers.restart_stopped()
        await asyncio.sleep(0.05)
    assert await workers.done(jobs) == _once_each(jobs)
    letters = {letter.id: letter for letter in await store.dead(workers.connection)}
    assert letters.keys() == {poison, failing}
    assert (letters[poison].name, letters[poison].attempts) == ("die", ATTEMPTS)
    assert letters[poison].error == "lease ran out"
    assert "RuntimeError" in letters[failing].error
    client = workers.cluster.client("second")
    ended_job = (await client.get(f"/membership/v1/jobs/{poison}")).json()
    assert (ended_job["status"], ended_job["problem"]["code"]) == ("failed", "internal_error")
    await client.close()


async def test_rolling_restarts_under_long_jobs_consume_no_attempt(workers: WorkerPool):
    await workers.start_workers(2)
    jobs: list[UUID] = []
    for worker in workers.processes * 2:
        jobs += [await workers.add_job("steps", steps=_STEPS, pause=0.5) for _ in range(4)]
        await eventually(lambda: _is_busy(workers, worker), within=_BOUND)  # noqa: B023 - awaited at once
        await worker.stop()
        await worker.start()
    await eventually(lambda: workers.ended(jobs), within=_BOUND)
    assert await workers.done(jobs) == _once_each(jobs)
    rows = await workers.connection.fetch("SELECT status, attempts, fence FROM core_job WHERE id = ANY($1)", jobs)
    assert {(row["status"], row["attempts"]) for row in rows} == {("succeeded", 1)}
    assert max(row["fence"] for row in rows) > 1, "no job was interrupted"


async def _is_busy(workers: WorkerPool, worker: Process) -> bool:
    """Whether the worker is at the start of a job."""
    held = (
        "SELECT count(*) > 0 FROM core_job"
        " WHERE status = 'running' AND done BETWEEN 1 AND 2 AND lease_holder LIKE '%:' || $1"
    )
    return bool(await workers.connection.fetchval(held, str(worker.pid)))


_TICKS = """
SELECT extract(epoch FROM s.tick)::bigint AS tick, j.status, count(w.job) AS effects
FROM core_schedule s LEFT JOIN core_job j ON j.id = s.job LEFT JOIN faults_work w ON w.job = s.job
WHERE s.name = 'membership.beat' GROUP BY s.tick, j.status ORDER BY s.tick
"""


async def test_a_schedule_runs_once_a_tick_over_four_workers_and_catches_up(workers: WorkerPool, chance: random.Random):
    await workers.start_workers(4, "beat")
    for _ in range(4):
        await asyncio.sleep(chance.uniform(0.5, 1))
        chance.choice(workers.processes).kill()
        await workers.restart_stopped()
    for worker in workers.processes:
        worker.kill()
    await asyncio.sleep(4)
    await workers.restart_stopped()
    back = int(time.time())

    async def caught_up() -> bool:
        rows = await workers.connection.fetch(_TICKS)
        assert not [row for row in rows if row["effects"] > 1]
        return any(row["tick"] >= back for row in rows) and all(
            (row["status"], row["effects"]) == ("succeeded", 1) for row in rows if row["tick"] <= back
        )

    await eventually(caught_up, within=_BOUND)
    ticks = [row["tick"] for row in await workers.connection.fetch(_TICKS)]
    assert ticks == list(range(ticks[0], ticks[-1] + 1))
    assert len(ticks) >= 8
