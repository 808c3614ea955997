"""Promises 11 and 12: effects follow soon, and bulk work never delays short work."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from tests.faults.cluster import Cluster
from tests.faults.history import History
from tests.faults.load import writing
from tests.faults.workers import WorkerPool, open_workers
from tests.support.waiting import eventually

_BULK_FACTS = """
INSERT INTO core_outbox (fact, type, time, subject, ref, version, country, visibility, link, bulk)
SELECT uuidv7(), 'escm.membership.expert.updated.v1', now(), uuidv7(), 'EXP-000001', 1, 'XA', 'network',
    '/membership/v1/experts/EXP-000001', true
FROM generate_series(1, $1)
"""
_REACTED = """
SELECT count(*) FROM core_fact f JOIN member_expert e ON e.id = f.subject JOIN faults_work w ON w.job = f.fact
WHERE e.display_name LIKE '%' || $1 || '%'
"""
_WAITING = "SELECT count(*) FROM core_batch WHERE service = 'membership' AND bulk AND status = 'queued'"
_LATENCY = """
SELECT extract(epoch FROM w.at - f.time)::float AS seconds FROM core_fact f
JOIN member_expert e ON e.id = f.subject LEFT JOIN faults_work w ON w.job = f.fact
WHERE e.display_name LIKE '%' || $1 || '%'
"""


@pytest.fixture
async def workers(cluster: Cluster) -> AsyncIterator[WorkerPool]:
    async with open_workers(cluster) as workers:
        await workers.start_workers(2, "react")
        yield workers


async def test_bulk_jobs_and_facts_never_starve_short_ones(workers: WorkerPool, history: History):
    bulk = [await workers.add_job("steps", steps=10, pause=0.5, bulk=True) for _ in range(20)]
    await workers.connection.execute(_BULK_FACTS, 20_000)
    await eventually(lambda: workers.connection.fetchval(_WAITING), within=20)
    jobs = [await workers.add_job("steps", steps=1, pause=0) for _ in range(10)]
    client = workers.cluster.client("second")
    for number in range(10):
        mark = f"{history.prefix}{number}"
        assert await history.attempt(mark, client.create(mark, key=mark)) == "ok"
    await client.close()

    async def short_ones_are_done() -> bool:
        return await workers.ended(jobs) and await workers.connection.fetchval(_REACTED, history.prefix) == 10

    await eventually(short_ones_are_done, within=20)
    assert await workers.connection.fetchval(_WAITING) > 10
    open_jobs = "SELECT count(*) FROM core_job WHERE id = ANY($1) AND finished_at IS NULL"
    assert await workers.connection.fetchval(open_jobs, bulk) > 10


@pytest.mark.long("writes for thirty seconds")
async def test_an_effect_comes_within_a_second_in_ninety_nine_of_a_hundred_cases(workers: WorkerPool, history: History):
    clients = [workers.cluster.client("first"), workers.cluster.client("second")]
    until = time.monotonic() + 30
    async with writing(history, clients, count=3, pause=0.1):
        await asyncio.sleep(until - time.monotonic())
    count = len(history.operations)
    assert set(history.statuses()) == {"201"}

    async def all_reacted() -> bool:
        return await workers.connection.fetchval(_REACTED, history.prefix) == count

    await eventually(all_reacted, within=20)
    seconds = sorted(row["seconds"] for row in await workers.connection.fetch(_LATENCY, history.prefix))
    assert len(seconds) == count > 200
    assert seconds[int(len(seconds) * 0.99)] < 1.0, f"p50 {seconds[len(seconds) // 2]:.3f} s, worst {seconds[-1]:.3f} s"
    for client in clients:
        await client.close()
